import { join } from 'node:path'
import type { Environment } from '../config.ts'

/** A file of the person's service manager, and the commands that make it count. */
export interface Unit {
  readonly path: string
  readonly text: string
  /** In this order, each by its argv. */
  readonly start: readonly (readonly string[])[]
  readonly stop: readonly (readonly string[])[]
}

export interface ServiceCommand {
  /** `rampart serve …` by absolute paths. */
  readonly argv: readonly string[]
  readonly uid: number
}

const NAME = 'rampart'
const LABEL = 'local.rampart.serve'

/** systemd's own manager of this person: the server comes back after a crash and a login. */
export function systemdUnit({ userHome, variable }: Environment, { argv }: ServiceCommand): Unit {
  const config = variable('XDG_CONFIG_HOME') ?? join(userHome, '.config')
  const systemctl = (...words: string[]) => ['systemctl', '--user', ...words]
  return {
    path: join(config, 'systemd', 'user', `${NAME}.service`),
    text: `# Made by rampart protect; removed by rampart uninstall
[Unit]
Description=Rampart: policies for the tool calls of agents

[Service]
ExecStart=${argv.map(systemdWord).join(' ')}
Restart=on-failure
RestartSec=2
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`,
    start: [systemctl('daemon-reload'), systemctl('enable', '--now', NAME)],
    stop: [systemctl('disable', '--now', NAME)],
  }
}

/** A word of `ExecStart`: quoted, with `%` and `$` standing for themselves (systemd.service(5)). */
export function systemdWord(word: string): string {
  const escaped = word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')
    .replaceAll('\n', '\\n')
  return `"${escaped}"`
}

/** launchd's agent of this person. */
export function launchdUnit({ userHome }: Environment, { argv, uid }: ServiceCommand): Unit {
  const path = join(userHome, 'Library', 'LaunchAgents', `${LABEL}.plist`)
  return {
    path,
    text: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Made by rampart protect; removed by rampart uninstall -->
<plist version="1.0"><dict>
<key>Label</key><string>${LABEL}</string>
<key>ProgramArguments</key><array>
${argv.map((word) => `<string>${xml(word)}</string>`).join('\n')}
</array>
<key>RunAtLoad</key><true/>
<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
<key>Umask</key><integer>63</integer>
</dict></plist>
`,
    start: [['launchctl', 'bootstrap', `gui/${uid}`, path]],
    stop: [['launchctl', 'bootout', `gui/${uid}/${LABEL}`]],
  }
}

function xml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
  return text.replace(/[&<>]/g, (one) => names[one]!)
}
