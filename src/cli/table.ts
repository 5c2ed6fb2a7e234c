import type { Command, Flag } from './command.ts'

/** What every command takes. */
export const COMMON_FLAGS: readonly Flag[] = [
  { name: 'json', help: 'Print data as JSON' },
  { name: 'home', value: 'DIR', help: 'State directory instead of $RAMPART_HOME or ~/.rampart' },
  { name: 'help', help: 'Show this help' },
]

export const MODES = ['enforce', 'monitor', 'disabled'] as const
export const PROFILES = ['standard', 'ci'] as const

const REASON: Flag = { name: 'as', value: 'NAME', help: 'Name to record beside the credential' }
const SERVER: Flag = { name: 'url', value: 'URL', help: 'Server instead of the one that runs here' }

const none = { text: '', least: 0, most: 0 }
const one = (text: string) => ({ text, least: 1, most: 1 })
const upTo = (most: number, text: string) => ({ text, least: 0, most })

/** Every command, in the order in which the help shows them. */
export const TABLE: readonly Command[] = [
  {
    name: 'pending',
    summary: 'List calls that wait for a person',
    operands: none,
    flags: [SERVER],
    example: 'rampart pending',
    load: () => import('./commands/pending.ts'),
  },
  {
    name: 'approve',
    summary: 'Let a waiting call go ahead',
    operands: one('ID (a unique start of it is enough)'),
    flags: [REASON, SERVER],
    example: 'rampart approve 01K8Z',
    load: () => import('./commands/approve.ts'),
  },
  {
    name: 'deny',
    summary: 'Refuse a waiting call',
    operands: one('ID (a unique start of it is enough)'),
    flags: [REASON, SERVER],
    example: 'rampart deny 01K8Z',
    load: () => import('./commands/deny.ts'),
  },
  {
    name: 'config show',
    summary: 'Show every setting and where its value came from',
    operands: none,
    flags: [],
    example: 'rampart config show',
    load: () => import('./commands/config-show.ts'),
  },
  {
    name: 'config lint',
    summary: 'Check config.yaml: 0 clean, 1 findings, 3 unreadable',
    operands: upTo(1, '[FILE]'),
    flags: [],
    example: 'rampart config lint',
    load: () => import('./commands/config-lint.ts'),
  },
  {
    name: 'completion',
    summary: 'Print a completion script for a shell',
    operands: one('bash|zsh|fish'),
    flags: [],
    example: 'source <(rampart completion bash)',
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'version',
    summary: 'Print the version',
    operands: none,
    flags: [],
    example: 'rampart version',
    load: () => import('./commands/version.ts'),
  },
]
