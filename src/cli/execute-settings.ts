import { EXECUTED, type ExecutedTool } from '../ports.ts'
import type { Setting } from './settings.ts'

export interface ExecuteValues {
  readonly 'execute.tools': readonly ExecutedTool[]
  readonly 'execute.roots': readonly string[]
  readonly 'execute.env': readonly string[]
  readonly 'execute.private': boolean
}

export const EXECUTE_SETTINGS: { readonly [K in keyof ExecuteValues]: Setting<ExecuteValues[K]> } =
  {
    'execute.tools': {
      doc: 'What is executed here for tokens of scope execute: exec, read, write, fetch',
      flag: 'execute',
      fallback: [],
      read: executedTools,
    },
    'execute.roots': {
      doc:
        'Directories in which commands run and files are read and written; without any, where policies allow',
      flag: 'execute-root',
      fallback: [],
      read: executeRoots,
    },
    'execute.env': {
      doc: 'Variables of the server that commands get too, by name',
      fallback: [],
      read: executeVariables,
    },
    'execute.private': {
      doc: 'Whether what is fetched may lie at addresses that are not public',
      flag: 'execute-private',
      fallback: false,
      read: yesOrNo,
    },
  }

/** What may be executed: words of the table, each once. */
export function executedTools(value: unknown): readonly ExecutedTool[] {
  const words = listOf(value, ',')
  const known = words.flatMap((word) => EXECUTED.filter((tool) => tool === word))
  if (known.length === 0 || known.length !== words.length) {
    throw new TypeError(`expected some of ${EXECUTED.join(', ')}`)
  }
  return [...new Set(known)]
}

/** Absolute directories; the flag gives one a line. */
export function executeRoots(value: unknown): readonly string[] {
  const dirs = listOf(value, '\n')
  const good = dirs.length > 0 && dirs.every((dir) => dir.startsWith('/') && !dir.includes('\0'))
  if (!good) throw new TypeError('expected absolute directories')
  return dirs
}

/** Names of variables, none of which makes programs run code. */
export function executeVariables(value: unknown): readonly string[] {
  const names = listOf(value, ',')
  const bad = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name) || RUNS.test(name))
  if (bad !== undefined) throw new TypeError(`expected names of variables, and not ${bad}`)
  return names
}

const RUNS =
  /^(?:RAMPART_.*|LD_.*|DYLD_.*|BUN_.*|BASH_.*|ENV|SHELLOPTS|PS4|PROMPT_COMMAND|IFS|NODE_OPTIONS|DENO_.*|PATH|HOME|PWD|GIT_SSH.*|PERL5.*|PYTHON.*|RUBYOPT|JAVA_TOOL_OPTIONS)$/i

function listOf(value: unknown, separator: string): readonly string[] {
  const list = typeof value === 'string' ? value.split(separator) : value
  if (!Array.isArray(list) || list.length > 100 || list.some((one) => typeof one !== 'string')) {
    throw new TypeError('expected a list of texts')
  }
  return (list as string[]).map((one) => one.trim())
}

function yesOrNo(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new TypeError('expected true or false')
}
