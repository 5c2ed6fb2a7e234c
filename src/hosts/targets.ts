import { parseJson } from '../engine/json.ts'
import type { Json } from '../engine/types.ts'
import { HOST_TOOLS } from '../intercept/host-tools.ts'
import { foldToolName, TOOLS } from '../intercept/tools.ts'
import type { HostName, Target } from './host.ts'
import { type Input, unreadable } from './read.ts'
import { patchTargets } from './patch.ts'

/** Most things that one call may do; one that does more is refused, never read in part. */
export const TARGET_LIMIT = 256

export interface Called {
  readonly host: HostName
  readonly tool: string
  readonly input: Input
  readonly cwd: string | undefined
  readonly home: string
  /** The host says that a server has the tool: then nothing is known of what it does. */
  readonly mcp?: boolean | undefined
}

/**
 * Everything that one call would do: each command of a batch, each file of a list or a patch, each URL.
 *
 * @throws RampartError `request_invalid` where that cannot be told
 */
export function targetsOf(called: Called): readonly Target[] {
  const folded = foldToolName(called.tool)
  const { home } = called
  // A directory that hangs on nothing says nothing (security.md F35).
  const cwd = called.cwd === undefined ? undefined : within(called.cwd, undefined, home)
  const isMcp = called.mcp === true || /^mcp[_.:-]/.test(folded)
  const { internal, as } = HOST_TOOLS[called.host]!
  if (!isMcp && internal.has(folded)) {
    return [{ tool: folded, params: called.input, cwd, internal: true }]
  }
  const tool = isMcp ? called.tool : as.get(folded) ?? called.tool
  const row = isMcp ? undefined : TOOLS.get(tool.toLowerCase())
  const targets = row === undefined
    ? [{ tool, params: called.input, cwd }]
    : READ[row.class]({ ...called, tool, cwd }, row.reads === 'patch')
  if (targets.length === 0) throw unreadable(`${called.tool} names nothing that it would do`)
  if (targets.length > TARGET_LIMIT) {
    throw unreadable(`${called.tool} would do more than ${TARGET_LIMIT} things at once`)
  }
  return targets
}

type Reader = (called: Called, patch: boolean) => readonly Target[]

const READ: Readonly<Record<'exec' | 'read' | 'write' | 'fetch', Reader>> = {
  exec: execTargets,
  read: fileTargets,
  write: (called, patch) => patch ? patchTargets(called) : fileTargets(called),
  fetch: fetchTargets,
}

/** Fields that say where a command runs. */
const WORK = ['workdir', 'work_dir', 'working_directory', 'workingdirectory', 'cwd', 'dir_path']
/** What is typed into a program that runs already. */
const TYPED = ['chars', 'input', 'text']

function execTargets({ tool, input, cwd, home }: Called): readonly Target[] {
  const place = placeOf(input, cwd, home)
  const batch = field(input, ['commands'])
  const given = field(input, ['command', 'cmd', 'script', 'commandline', 'argv'])
  const one = (params: Input): Target => ({ tool, params, cwd: place })
  if (batch === undefined) {
    const typed = given === undefined ? field(input, TYPED) : undefined
    return [one(typed === undefined ? input : { ...input, command: typed })]
  }
  const { commands: _commands, ...rest } = input
  const commands = listed(batch, 'commands').map((entry) =>
    isInput(entry) ? one({ ...rest, ...entry }) : one({ ...rest, command: entry })
  )
  return given === undefined ? commands : [one(rest), ...commands]
}

/** The one field of several that is there, letter case aside. */
function field(input: Input, names: readonly string[]): Json | undefined {
  for (const key of Object.keys(input)) {
    if (names.includes(key.toLowerCase()) && input[key] !== null) return input[key]
  }
  return undefined
}

/** A list, or the one value in its place, or a list as a text of JSON. */
function listed(given: Json, what: string): readonly Json[] {
  const value = isListText(given) ? parseJson(given) : given
  if (!Array.isArray(value)) return [value]
  if (value.length === 0) throw unreadable(`${what} is empty`)
  return value
}

/** No name of a file or command begins so that means itself. */
function isListText(value: Json | undefined): value is string {
  return typeof value === 'string' && /^\s*\[\s*["{[]/.test(value)
}

export function isInput(value: Json | undefined): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The working directory that a call names for itself beats the session's (security.md F35). */
function placeOf(input: Input, cwd: string | undefined, home: string): string | undefined {
  const named = WORK.flatMap((name) => {
    const value = field(input, [name])
    return value === undefined || value === '' ? [] : [value]
  })
  const [first, ...others] = named
  if (first === undefined) return cwd
  if (typeof first !== 'string' || others.some((other) => other !== first)) {
    throw unreadable('The working directory cannot be told')
  }
  return within(first, cwd, home)
}

/** A directory as an absolute one, where that can be told. */
export function within(path: string, cwd: string | undefined, home: string): string | undefined {
  if (path === '~' || path.startsWith('~/')) return `${home}${path.slice(1)}`
  if (path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)) return path
  return cwd === undefined ? undefined : `${cwd}/${path}`
}

const FILES = ['files', 'paths', 'file_paths', 'include', 'filepaths', 'edits', 'replacements']

/** A call for each entry of a list of files, and one for what stands beside them. */
function fileTargets({ tool, input, cwd }: Called): readonly Target[] {
  const lists = Object.keys(input).filter((key) =>
    FILES.includes(key.toLowerCase()) && (Array.isArray(input[key]) || isListText(input[key]))
  )
  const names = lists.flatMap((key) =>
    listed(input[key]!, key).flatMap((entry) => nameOf(entry, key))
  )
  if (names.length === 0) return [{ tool, params: input, cwd }]
  const rest = Object.fromEntries(Object.entries(input).filter(([key]) => !lists.includes(key)))
  const entries = names.map((params): Target => ({ tool, params, cwd }))
  const beside = Object.keys(rest).some((key) => PATHS.includes(key.toLowerCase()))
  return beside ? [{ tool, params: rest, cwd }, ...entries] : entries
}

const PATHS = ['path', 'file_path', 'filepath', 'file', 'target_file', 'absolutepath', 'uri']

/** An entry of a list of files: a path, or an object that has one. Edits of one file have none. */
function nameOf(entry: Json, key: string): readonly Input[] {
  if (typeof entry === 'string') return [{ path: entry }]
  if (!isInput(entry)) throw unreadable(`${key} is no list of files`)
  const named = Object.keys(entry).some((name) => PATHS.includes(name.toLowerCase()))
  if (named) return [entry]
  if (/^(?:edits|replacements)$/i.test(key)) return []
  throw unreadable(`An entry of ${key} names no file`)
}

/** Text that holds URLs, in the place of one. */
const PROSE = ['prompt', 'query']

function fetchTargets({ tool, input, cwd }: Called): readonly Target[] {
  const requests = field(input, ['requests'])
  if (requests !== undefined) {
    return listed(requests, 'requests').map((entry) => ({
      tool,
      params: isInput(entry) ? entry : { url: entry },
      cwd,
    }))
  }
  const url = field(input, ['url', 'uri', 'urls', 'href', 'link', 'target_url', 'links'])
  const prose = field(input, PROSE)
  if (url !== undefined || typeof prose !== 'string') return [{ tool, params: input, cwd }]
  const urls = prose.match(/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>`\\]+/gi) ?? []
  if (urls.length === 0) return [{ tool: 'web_search', params: input, cwd }]
  return urls.map((found) => ({ tool, params: { ...input, url: found }, cwd }))
}
