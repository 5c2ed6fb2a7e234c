import type { Call, Json } from '../engine/types.ts'
import { type PointerFault, RampartError } from '../errors.ts'
import { EXECUTED, type ExecutedTool, type Task } from '../ports.ts'
import type { DecideRequest } from './services.ts'

type Params = DecideRequest['params']

/** What a call may say that is executed: a word that is judged but not done would be a promise broken. */
const FIELDS: Readonly<Record<ExecutedTool, readonly string[]>> = {
  exec: ['command', 'argv'],
  read: ['path'],
  write: ['path', 'content'],
  fetch: ['url', 'method', 'headers', 'body'],
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/
const HEADER_VALUE = /^[\t\x20-\x7e]{0,8192}$/
const HEADERS = 64
/** What says where a request goes, how it is framed or who it is from is ours to say. */
const OUR_HEADERS =
  /^(?:host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect|accept-encoding|forwarded|via|proxy-.*|x-forwarded-.*|sec-.*)$/i

/**
 * The tool under its own name, with words that are all done; an alias says what a host would do, and that is
 * not ours to guess.
 *
 * @throws RampartError `request_invalid`
 */
export function executedTool({ tool: name, params }: DecideRequest): ExecutedTool {
  const tool = EXECUTED.find((one) => one === name.toLowerCase())
  if (tool === undefined) {
    throw refusal([{ pointer: '/execute', detail: `Only ${EXECUTED.join(', ')} are executed` }])
  }
  const faults = Object.keys(params).filter((key) => !FIELDS[tool].includes(key))
    .map((key) => ({ pointer: `/params/${key}`, detail: 'It is not executed: leave it out' }))
  if (faults.length > 0) throw refusal(faults.slice(0, 10))
  return tool
}

/**
 * What is to be done for a judged call: its own words, nothing that could mean another thing than what was
 * judged.
 *
 * @throws RampartError `request_invalid`
 */
export function taskOf(tool: ExecutedTool, request: DecideRequest, call: Call): Task {
  if (tool === 'exec') return processTask(call.params, request.cwd)
  if (tool === 'fetch') return fetchTask(call.params)
  return fileTask(tool, call)
}

function processTask(params: Params, cwd: string | undefined): Task {
  if (cwd === undefined || !/^\/(?!\/)/.test(cwd)) {
    throw refusal([{ pointer: '/cwd', detail: 'An absolute working directory is needed' }])
  }
  const { command, argv } = params
  if (typeof command === 'string' && argv === undefined) {
    return { kind: 'exec', cwd, line: sendable(command, '/params/command') }
  }
  const words = Array.isArray(argv) && argv.length > 0 ? argv as readonly Json[] : undefined
  if (command !== undefined || words === undefined) {
    throw refusal([{ pointer: '/params', detail: 'Give a line as command, or words as argv' }])
  }
  return {
    kind: 'exec',
    cwd,
    argv: words.map((word, i) => sendable(word, `/params/argv/${i}`)),
  }
}

/** Every one of the readings that were judged is the same path, or it is not known which is meant. */
function fileTask(kind: 'read' | 'write', { subjects, params }: Call): Task {
  const parts = subjects.filter((subject) => subject.kind === 'part')
  const [found, ...more] = parts.flatMap(({ paths }) => paths)
  const known = found !== undefined && parts.length === 1 && more.length === 0 &&
    found.absolute && found.pattern !== true && found.doubtful !== true
  if (!known) {
    throw refusal([{ pointer: '/params/path', detail: 'It must name one absolute path' }])
  }
  const path = sendable(found.path, '/params/path')
  if (kind === 'read') return { kind, path }
  return { kind, path, content: sendable(params.content, '/params/content', true) }
}

function fetchTask({ url, method = 'GET', headers = {}, body }: Params): Task {
  const target = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined
  if (target === undefined || !/^https?:$/.test(target.protocol)) {
    throw refusal([{ pointer: '/params/url', detail: 'Only http and https are fetched' }])
  }
  if (target.username !== '' || target.password !== '') {
    throw refusal([{ pointer: '/params/url', detail: 'It must hold no credentials' }])
  }
  const verb = METHODS.find((one) => one === method)
  if (verb === undefined) {
    throw refusal([{ pointer: '/params/method', detail: `One of ${METHODS.join(', ')}` }])
  }
  if (body !== undefined && (verb === 'GET' || verb === 'HEAD')) {
    throw refusal([{ pointer: '/params/body', detail: `${verb} has no body` }])
  }
  return {
    kind: 'fetch',
    url: target.href,
    method: verb,
    headers: headersOf(headers),
    body: body === undefined ? undefined : sendable(body, '/params/body', true),
  }
}

function headersOf(value: Json): Readonly<Record<string, string>> {
  const isMap = value !== null && typeof value === 'object' && !Array.isArray(value)
  const all = isMap ? Object.entries(value) : undefined
  if (all === undefined || all.length > HEADERS) {
    throw refusal([{ pointer: '/params/headers', detail: `A map of at most ${HEADERS} texts` }])
  }
  const names = new Set<string>()
  for (const [name, text] of all) {
    const pointer = `/params/headers/${name}`
    const good = HEADER_NAME.test(name) && typeof text === 'string' && HEADER_VALUE.test(text)
    if (!good) throw refusal([{ pointer, detail: 'It is no header field' }])
    if (OUR_HEADERS.test(name)) throw refusal([{ pointer, detail: 'It cannot be set' }])
    if (names.has(name.toLowerCase())) throw refusal([{ pointer, detail: 'It comes twice' }])
    names.add(name.toLowerCase())
  }
  return Object.fromEntries(all) as Record<string, string>
}

/** What a system call takes as it was judged: no text of which other bytes would be made. */
function sendable(value: Json | undefined, pointer: string, mayHoldNul = false): string {
  const good = typeof value === 'string' && value.isWellFormed() &&
    (mayHoldNul || !value.includes('\0'))
  if (!good) throw refusal([{ pointer, detail: 'It must be UTF-8 text' }])
  return value
}

function refusal(errors: readonly PointerFault[]): RampartError {
  return new RampartError('request_invalid', 'This call cannot be executed', { errors })
}
