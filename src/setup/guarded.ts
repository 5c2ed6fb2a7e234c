import { HOSTS } from './hosts.ts'

/** Files of no single host that decide what runs beside a call, or are read by several. */
const SHARED = [
  '**/bin/rampart',
  '**/.git/config',
  '**/.mcp.json',
  '**/.openclaw/openclaw.json',
  '**/.vscode/{settings,mcp}.json',
  '**/.config/{Code,Code - Insiders,VSCodium,Cursor,Windsurf}/User/{settings,mcp}.json',
  '**/Application Support/{Code,Code - Insiders,VSCodium,Cursor,Windsurf}/User/{settings,mcp}.json',
  '**/.{vscode,cursor}-server/data/{Machine,User}/settings.json',
  '**/{.zed,.config/zed}/settings.json',
  // What keeps the server running.
  '**/systemd/user/rampart.service',
  '**/systemd/user/rampart.service.d/**',
  '**/systemd/user/*.wants/rampart.service',
  '**/LaunchAgents/local.rampart.serve.plist',
]

/**
 * What no agent writes: everything that `setup` writes, and what makes it count for nothing. The built-in
 * rules are made from this list (scripts/embed.mjs), so there is no second one.
 */
export function guardedFiles(): string[] {
  const written = HOSTS.flatMap(({ user, project }) =>
    [user, ...(project === undefined ? [] : [project])].flatMap(({ directory, plans }) =>
      plans.map(({ path }) => `**/${directory}/${path}`)
    )
  )
  const guards = HOSTS.flatMap((host) => host.guards)
  const all = [...SHARED, ...written.filter((path) => !isCovered(path, guards)), ...guards]
  return [...new Set(all)]
}

/** What no agent moves or takes away as a whole. */
export function guardedDirectories(): string[] {
  return [...new Set([...HOSTS.flatMap((host) => host.directories), '**/.local/bin'])]
}

/** Whether a directory's own glob says it already. */
function isCovered(path: string, guards: readonly string[]): boolean {
  return guards.some((glob) => glob.endsWith('/**') && path.startsWith(glob.slice(0, -2)))
}
