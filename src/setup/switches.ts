import JSON5 from 'json5'
import type { HostName } from './command-line.ts'
import { JsoncError, readJsonc } from './jsonc.ts'

/** Whose file it is: of the whole machine, of the person, or of a project that an agent works in. */
export type Owner = 'managed' | 'user' | 'project'

/** A file that can take a hook out of force without touching it (docs/agents.md). */
export interface Switch {
  readonly host: HostName
  readonly owner: Owner
  /** Absolute, below the home, or below the root of the project. Every file of a directory where it ends so: `/*.json`. */
  readonly path: string
  readonly kind: 'json' | 'json5' | 'toml'
}

/** Something that a file says against the hooks. */
export interface Against {
  readonly what: string
  /** How it is mended where it is not by taking it out. */
  readonly fix?: string
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
      '/etc/claude-code/managed-settings.d/*.json',
      '/Library/Application Support/ClaudeCode/managed-settings.json',
      '/Library/Application Support/ClaudeCode/managed-settings.d/*.json',
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
  // Two above where the plugin lies, which a variable may have put elsewhere.
  ...rows('openclaw', 'json5', { user: ['.openclaw/extensions/rampart/../../openclaw.json'] }),
]

/** Variables by which settings of an agent would reach into a hook (security.md F5). */
const REACHING = /^(?:RAMPART_|BUN_|LD_|DYLD_|NODE_OPTIONS$|BASH_ENV$)/

/** What a file says against the hooks of its host, in words; nothing for one that leaves them alone. */
export function saysAgainst({ kind, host }: Switch, text: string): readonly Against[] {
  if (kind === 'json5') return pluginsSay(text)
  const said = kind === 'toml' ? tomlSays(text) : jsonSays(host, text)
  return said.map((what) => ({ what }))
}

function jsonSays(host: HostName, text: string): string[] {
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

/** The name of our plugin in settings of OpenClaw. */
const PLUGIN = 'rampart'

/** How OpenClaw's settings leave a plugin out; a list that allows nothing is taken for none there. */
function pluginsSay(text: string): Against[] {
  let plugins: unknown
  try {
    plugins = membersOf(JSON5.parse(text.replace(/^\uFEFF/, '') || '{}')).plugins
  } catch (error) {
    return [{ what: `cannot be read: ${(error as Error).message}`, fix: 'mend it' }]
  }
  const { enabled, allow, deny, entries } = membersOf(plugins)
  const names = (list: unknown): readonly unknown[] =>
    Array.isArray(list) ? list : typeof list === 'string' ? [list] : []
  const allowed = names(allow)
  return [
    ...(enabled === false
      ? [{ what: '"plugins.enabled" is false: no plugin is loaded, ours neither' }]
      : []),
    ...(names(deny).includes(PLUGIN)
      ? [{ what: `"plugins.deny" names ${PLUGIN}: it is not loaded` }]
      : []),
    ...(allowed.length > 0 && !allowed.includes(PLUGIN)
      ? [{
        what: `"plugins.allow" does not name ${PLUGIN}: it is not loaded`,
        fix: `put "${PLUGIN}" into "plugins.allow"`,
      }]
      : []),
    ...(membersOf(membersOf(entries)[PLUGIN]).enabled === false
      ? [{ what: `"plugins.entries.${PLUGIN}.enabled" is false: it is not loaded` }]
      : []),
  ]
}

function membersOf(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
