import { isAbsolute, join } from 'node:path'
import type { Environment } from '../config.ts'

/** A file of the person's service manager, and the commands that make it count. */
export interface Unit {
  readonly path: string
  /** Below this nothing may be a link. */
  readonly base: string
  readonly text: string
  /** In this order, each by its argv. */
  readonly start: readonly (readonly string[])[]
  /** Before the file goes, and after that. */
  readonly stop: readonly (readonly string[])[]
  readonly gone: readonly (readonly string[])[]
}

export interface ServiceCommand {
  /** `rampart serve …` by absolute paths. */
  readonly argv: readonly string[]
  /** All that it has of an environment. */
  readonly env: Readonly<Record<string, string>>
  readonly uid: number
}

/** In every unit of ours; one without it is somebody else's. */
export const UNIT_MARK = 'Made by rampart protect; removed by rampart uninstall'

const NAME = 'rampart'
const LABEL = 'local.rampart.serve'

/**
 * What a manager hands on of the session (`environment.d`, `launchctl setenv`) would reach the server and its
 * runtime, so it starts with nothing but what is named (security.md F37).
 */
const cleanly = ({ argv, env }: ServiceCommand): string[] => [
  '/usr/bin/env',
  '-i',
  ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
  ...argv,
]

/** Code that reaches `env` itself. */
const LOADERS = ['LD_PRELOAD', 'LD_AUDIT', 'LD_LIBRARY_PATH']

/**
 * systemd's own manager of this person: the server comes back after a crash and a login. No `ProtectSystem`: for a
 * manager without privileges it needs `PrivateUsers`, under which files of root look like nobody's, and whose
 * they are is what Rampart judges policies and settings by (ADR 0025).
 */
export function systemdUnit({ userHome, variable }: Environment, command: ServiceCommand): Unit {
  const named = variable('XDG_CONFIG_HOME')
  // A relative one counts for nothing (XDG Base Directory Specification).
  const config = named !== undefined && isAbsolute(named) ? named : join(userHome, '.config')
  const systemctl = (...words: string[]) => ['systemctl', '--user', ...words]
  return {
    path: join(config, 'systemd', 'user', `${NAME}.service`),
    base: config,
    text: `# ${UNIT_MARK}
[Unit]
Description=Rampart: policies for the tool calls of agents
StartLimitIntervalSec=60
StartLimitBurst=10

[Service]
ExecStart=${cleanly(command).map(systemdWord).join(' ')}
UnsetEnvironment=${LOADERS.join(' ')}
WorkingDirectory=/
Restart=on-failure
RestartSec=2
UMask=0077
LimitCORE=0
NoNewPrivileges=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
LockPersonality=yes

[Install]
WantedBy=default.target
`,
    start: [systemctl('daemon-reload'), systemctl('enable', '--now', NAME)],
    stop: [systemctl('disable', '--now', NAME)],
    gone: [systemctl('daemon-reload')],
  }
}

/** A word of `ExecStart`: quoted, with `%` and `$` standing for themselves (systemd.service(5)). */
export function systemdWord(word: string): string {
  const escaped = word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$')
    .replaceAll('\n', '\\n')
  return `"${escaped}"`
}

/** launchd's agent of this person. */
export function launchdUnit({ userHome }: Environment, command: ServiceCommand): Unit {
  const path = join(userHome, 'Library', 'LaunchAgents', `${LABEL}.plist`)
  const domain = `gui/${command.uid}`
  return {
    path,
    base: userHome,
    text: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${UNIT_MARK} -->
<plist version="1.0"><dict>
<key>Label</key><string>${LABEL}</string>
<key>ProgramArguments</key><array>
${cleanly(command).map((word) => `<string>${xml(word)}</string>`).join('\n')}
</array>
<key>RunAtLoad</key><true/>
<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
<key>ThrottleInterval</key><integer>2</integer>
<key>WorkingDirectory</key><string>/</string>
<key>Umask</key><integer>63</integer>
<key>HardResourceLimits</key><dict><key>Core</key><integer>0</integer></dict>
</dict></plist>
`,
    start: [['launchctl', 'bootstrap', domain, path]],
    stop: [['launchctl', 'bootout', `${domain}/${LABEL}`]],
    gone: [],
  }
}

function xml(text: string): string {
  const names: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
  return text.replace(/[&<>]/g, (one) => names[one]!)
}
