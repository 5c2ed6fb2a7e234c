import type { HookCall, HostName } from './command-line.ts'
import { antigravityFiles } from './antigravity-plugin.ts'
import { openclawFiles } from './openclaw-plugin.ts'
import { opencodePlugin } from './opencode-plugin.ts'

/** Something that a settings file must say: a hook in a list, or a value that is only set where there is none. */
export type Entry =
  | { readonly at: readonly string[]; readonly hook: unknown }
  | { readonly at: readonly string[]; readonly fallback: unknown }

/** A file that an installation is made of; its path is below the host's directory. */
export type Plan =
  /** A file of the host's, in which only our entries are ours. */
  | {
    readonly kind: 'entries'
    readonly path: string
    readonly entries: (call: HookCall) => readonly Entry[]
  }
  /** A file that is ours alone. */
  | {
    readonly kind: 'own'
    readonly path: string
    readonly mode: number
    readonly text: (call: HookCall) => string
  }

/** Where a host looks for files of one person, or of one project. */
export interface Place {
  /** Below the home, or below the root of the work tree. */
  readonly directory: string
  /** A variable that names another directory in its place, or one above it. */
  readonly variable?: { readonly name: string; readonly below?: string }
  readonly plans: readonly Plan[]
}

export interface Host {
  readonly name: HostName
  readonly title: string
  /** What its executables are called in PATH. */
  readonly programs: readonly string[]
  /** Directories below the home that only it makes: it was used here. */
  readonly traces: readonly string[]
  readonly user: Place
  readonly project?: Place
  /** Other files that switch hooks off or decide what runs, as globs; people change them, agents do not. */
  readonly guards: readonly string[]
  /** Directories that take hooks along when they go. */
  readonly directories: readonly string[]
  /** Where the host waits so long for a hook, whatever it is told. */
  readonly waits?: number
  /** How the host starts the command of a hook. */
  readonly shell: string
  /** What a person still has to know or do, said by `setup`. */
  readonly note?: string
}

/** Marks files that are ours alone; whoever takes the line out makes the file theirs. */
export const MARK = 'Made by rampart setup'

/** `{matcher, hooks: [{type, command, timeout}]}`, which several hosts took over from one another. */
const grouped =
  (events: readonly string[], more: object, timeout: (seconds: number) => number) =>
  ({ command, seconds }: HookCall): Entry[] =>
    events.map((event) => ({
      at: ['hooks', event],
      hook: {
        matcher: '*',
        hooks: [{ ...more, type: 'command', command, timeout: timeout(seconds) }],
      },
    }))

const inSeconds = (seconds: number) => seconds
const inMilliseconds = (seconds: number) => seconds * 1000
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

/** A file of a plugin, which is ours alone. */
const ours = (
  file: { readonly path: string; readonly text: (call: HookCall) => string },
): Plan => ({
  kind: 'own',
  mode: 0o600,
  ...file,
})

const CLAUDE: Plan = {
  kind: 'entries',
  path: 'settings.json',
  // Without `onFailure` this host goes on when a hook cannot be run; versions that lack the switch skip it.
  entries: grouped(
    ['PreToolUse', 'PostToolUse', 'PostToolUseFailure'],
    { onFailure: 'block' },
    inSeconds,
  ),
}

const CODEX: Plan = {
  kind: 'entries',
  path: 'hooks.json',
  entries: grouped(['PreToolUse', 'PostToolUse'], {}, inSeconds),
}

const GEMINI: Plan = {
  kind: 'entries',
  path: 'settings.json',
  entries: grouped(['BeforeTool', 'AfterTool'], { name: 'rampart' }, inMilliseconds),
}

const CURSOR: Plan = {
  kind: 'entries',
  path: 'hooks.json',
  entries: ({ command, seconds }) => [
    { at: ['version'], fallback: 1 },
    ...['preToolUse', 'postToolUse'].map((event) => ({
      at: ['hooks', event],
      hook: { command, timeout: seconds, failClosed: true },
    })),
  ],
}

const COPILOT: Plan = {
  kind: 'own',
  path: 'hooks/rampart.json',
  mode: 0o600,
  text: ({ command, seconds }) =>
    json({
      version: 1,
      hooks: Object.fromEntries(
        ['PreToolUse', 'PostToolUse'].map((event) => [
          event,
          [{ type: 'command', bash: command, timeoutSec: seconds, comment: MARK }],
        ]),
      ),
    }),
}

const CLINE: readonly Plan[] = ['PreToolUse', 'PostToolUse'].map((path) => ({
  kind: 'own',
  path,
  mode: 0o700,
  text: ({ command }) =>
    `#!/bin/sh\n# ${MARK}; remove it with: rampart setup cline --remove\n` +
    `${command} || printf '%s' '{"cancel":true,"errorMessage":"Rampart could not be run"}'\n`,
}))

const ANTIGRAVITY: readonly Plan[] = antigravityFiles(MARK).map(ours)

const OPENCODE: Plan = {
  kind: 'own',
  path: 'plugins/rampart.js',
  mode: 0o600,
  text: (call) => opencodePlugin(call, MARK),
}

/** Its loader takes a directory below `extensions` for a plugin, by itself. */
const OPENCLAW: readonly Plan[] = openclawFiles(MARK).map(ours)

/** Every agent that `setup` knows: where it takes hooks from, and which of its files decide about them. */
export const HOSTS: readonly Host[] = [
  {
    name: 'claude-code',
    title: 'Claude Code',
    programs: ['claude'],
    traces: ['.claude'],
    user: { directory: '.claude', variable: { name: 'CLAUDE_CONFIG_DIR' }, plans: [CLAUDE] },
    project: { directory: '.claude', plans: [CLAUDE] },
    guards: [
      '**/.claude/settings.local.json',
      '**/.claude/hooks/**',
      // They bring hooks along.
      '**/.claude/plugins/**',
      '**/.claude.json',
      '/etc/claude-code/**',
      '/Library/Application Support/ClaudeCode/**',
    ],
    directories: ['**/.claude', '/etc/claude-code'],
    shell: '/bin/sh',
  },
  {
    name: 'codex',
    title: 'Codex',
    programs: ['codex'],
    traces: ['.codex'],
    user: { directory: '.codex', variable: { name: 'CODEX_HOME' }, plans: [CODEX] },
    project: { directory: '.codex', plans: [CODEX] },
    guards: [
      '**/.codex/config.toml',
      '**/.codex/{requirements,managed_config}.toml',
      '/etc/codex/**',
    ],
    directories: ['**/.codex', '/etc/codex'],
    shell: '/bin/sh',
    note: 'Codex runs no hook that is not trusted: setup trusts it where codex is installed',
  },
  {
    name: 'cline',
    title: 'Cline',
    programs: ['cline'],
    traces: ['.cline', 'Documents/Cline'],
    user: {
      directory: 'Documents/Cline/Hooks',
      variable: { name: 'CLINE_HOOKS_DIR' },
      plans: CLINE,
    },
    project: { directory: '.clinerules/hooks', plans: CLINE },
    guards: ['**/.clinerules/hooks/**', '**/Cline/Hooks/**'],
    directories: ['**/.clinerules', '**/Cline/Hooks'],
    shell: '/bin/sh',
    waits: 120,
    note: 'A denial ends the run of Cline: its model is not told why',
  },
  {
    name: 'cursor',
    title: 'Cursor',
    programs: ['cursor', 'cursor-agent'],
    traces: ['.cursor'],
    user: { directory: '.cursor', plans: [CURSOR] },
    project: { directory: '.cursor', plans: [CURSOR] },
    guards: ['**/.cursor/{mcp,cli-config}.json'],
    directories: ['**/.cursor'],
    shell: '/bin/sh',
  },
  {
    name: 'gemini',
    title: 'Gemini CLI',
    programs: ['gemini'],
    traces: ['.gemini'],
    user: { directory: '.gemini', plans: [GEMINI] },
    project: { directory: '.gemini', plans: [GEMINI] },
    guards: ['**/.gemini/trustedFolders.json', '/etc/gemini-cli/**'],
    directories: ['**/.gemini'],
    shell: '/bin/bash',
  },
  {
    name: 'copilot',
    title: 'GitHub Copilot CLI',
    programs: ['copilot'],
    traces: ['.copilot'],
    user: { directory: '.copilot', variable: { name: 'COPILOT_HOME' }, plans: [COPILOT] },
    project: { directory: '.github', plans: [COPILOT] },
    guards: [
      '**/.github/hooks/*',
      '**/.github/copilot/settings*.json',
      '**/.copilot/hooks/**',
      '/etc/github-copilot/**',
    ],
    directories: ['**/.copilot', '**/.github/hooks'],
    shell: '/bin/bash',
  },
  {
    name: 'antigravity',
    title: 'Antigravity',
    programs: ['agy', 'antigravity'],
    traces: ['.antigravity', '.gemini/antigravity', '.gemini/antigravity-cli'],
    user: { directory: '.gemini/config/plugins/rampart', plans: ANTIGRAVITY },
    guards: ['**/.gemini/config/plugins/rampart/**'],
    directories: ['**/.gemini/config', '**/.gemini/config/plugins'],
    shell: '/bin/sh',
    note: 'It sends no output of tools to hooks: response rules do not hold there',
  },
  {
    name: 'opencode',
    title: 'OpenCode',
    programs: ['opencode'],
    traces: ['.config/opencode', '.opencode'],
    user: {
      directory: '.config/opencode',
      variable: { name: 'XDG_CONFIG_HOME', below: 'opencode' },
      plans: [OPENCODE],
    },
    project: { directory: '.opencode', plans: [OPENCODE] },
    guards: [
      '**/.config/opencode/plugin/**',
      '**/.config/opencode/plugins/**',
      '**/.opencode/plugin/**',
      '**/.opencode/plugins/**',
      '**/opencode.{json,jsonc}',
    ],
    directories: ['**/.config/opencode', '**/.opencode'],
    shell: '',
  },
  {
    name: 'openclaw',
    title: 'OpenClaw',
    programs: ['openclaw'],
    traces: ['.openclaw'],
    user: {
      directory: '.openclaw/extensions/rampart',
      variable: { name: 'OPENCLAW_STATE_DIR', below: 'extensions/rampart' },
      plans: OPENCLAW,
    },
    guards: ['**/.openclaw/extensions/**'],
    directories: ['**/.openclaw', '**/.openclaw/extensions'],
    shell: '',
    note: 'A gateway that runs takes the plugin in with: openclaw plugins reload rampart',
  },
]
