import type { HostName } from './command-line.ts'
import { JsoncError, readJsonc } from './jsonc.ts'

/** Whose file it is: of the whole machine, of the person, or of a project that an agent works in. */
export type Owner = 'managed' | 'user' | 'project'

/** A file that can take a hook out of force without touching it (docs/agents.md). */
export interface Switch {
  readonly host: HostName
  readonly owner: Owner
  /** Absolute, below the home, or below the root of the project. */
  readonly path: string
  readonly kind: 'json' | 'toml'
}

const rows = (
  host: HostName,
  kind: Switch['kind'],
  paths: Readonly<Partial<Record<Owner, readonly string[]>>>,
): Switch[] =>
  Object.entries(paths).flatMap(([owner, files]) =>
    files.map((path) => ({ host, kind, owner: owner as Owner, path }))
  )

/** Every place where a host looks for such a switch. */
export const SWITCHES: readonly Switch[] = [
  ...rows('claude-code', 'json', {
    managed: [
      '/etc/claude-code/managed-settings.json',
      '/Library/Application Support/ClaudeCode/managed-settings.json',
    ],
    user: ['.claude/settings.json'],
    project: ['.claude/settings.json', '.claude/settings.local.json'],
  }),
  ...rows('codex', 'toml', {
    managed: ['/etc/codex/config.toml', '/etc/codex/managed_config.toml'],
    user: ['.codex/config.toml'],
    project: ['.codex/config.toml'],
  }),
  ...rows('gemini', 'json', {
    managed: [
      '/etc/gemini-cli/settings.json',
      '/Library/Application Support/GeminiCli/settings.json',
    ],
    user: ['.gemini/settings.json'],
    project: ['.gemini/settings.json'],
  }),
  ...rows('copilot', 'json', {
    project: [
      '.github/copilot/settings.json',
      '.github/copilot/settings.local.json',
      '.claude/settings.json',
    ],
  }),
]

/** Variables by which settings of an agent would reach into a hook (security.md F5). */
const REACHING = /^(?:RAMPART_|BUN_|LD_|DYLD_|NODE_OPTIONS$|BASH_ENV$)/

/** What a file says against the hooks of its host, in words; nothing for one that leaves them alone. */
export function saysAgainst({ kind, host }: Switch, text: string): string[] {
  if (kind === 'toml') return tomlSays(text)
  let value: unknown
  try {
    value = readJsonc(text)?.value
  } catch (error) {
    return error instanceof JsoncError ? [`cannot be read: ${error.message}`] : []
  }
  if (typeof value !== 'object' || value === null) return []
  const { disableAllHooks, allowManagedHooksOnly, hooksConfig, env } = value as {
    readonly [key: string]: unknown
  }
  const config = (hooksConfig ?? {}) as { readonly enabled?: unknown; readonly disabled?: unknown }
  const names = typeof env === 'object' && env !== null ? Object.keys(env) : []
  const reaching = host === 'claude-code' ? names.filter((name) => REACHING.test(name)) : []
  const isGemini = host === 'gemini'
  return [
    ...(disableAllHooks === true ? ['"disableAllHooks" is true: no hook is called'] : []),
    ...(allowManagedHooksOnly === true
      ? ['"allowManagedHooksOnly" is true: hooks of people are not called']
      : []),
    ...(isGemini && config.enabled === false
      ? ['"hooksConfig.enabled" is false: no hook is called']
      : []),
    ...(isGemini && Array.isArray(config.disabled) && config.disabled.length > 0
      ? ['"hooksConfig.disabled" names hooks that are not called']
      : []),
    ...reaching.map((name) => `"env" sets ${name}, which reaches the hook`),
  ]
}

/** `hooks = false` under `[features]`, in either way to write it. Comments are none of it. */
function tomlSays(text: string): string[] {
  let table = ''
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/.exec(line)?.[1]
    if (header !== undefined) table = header.replace(/[\s"']/g, '')
    const set = /^\s*([\w.\s"'-]+?)\s*=\s*(?:false|\{.*\bhooks\s*=\s*false.*\})\s*(?:#.*)?$/.exec(
      line,
    )
    const key = set?.[1]?.replace(/[\s"']/g, '')
    const full = key === undefined ? '' : table === '' ? key : `${table}.${key}`
    if (full === 'features.hooks' || (full === 'features' && /\{/.test(line))) {
      return ['"features.hooks" is false: no hook is called']
    }
  }
  return []
}
