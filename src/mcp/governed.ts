import type { Fields } from './message.ts'

/** A request that policies decide on. */
export interface Governed {
  /** Behind the server's name in the name that policies know. */
  readonly tool: string
  readonly params: Fields
  /** How a denial is told: as the tool's result, as a decline of the form, or as an error. */
  readonly denial: 'result' | 'decline' | 'error'
}

type Row = (params: Fields) => Governed

const whole = (tool: string, denial: Governed['denial'] = 'error'): Row => (params) => {
  const { _meta, ...rest } = params
  return { tool, params: rest, denial }
}

/** What hosts ask of servers, `tools/call` aside, which goes by the tool's own name. */
const FROM_HOST: Readonly<Record<string, Row>> = {
  'resources/read': whole('resources/read'),
  'resources/subscribe': whole('resources/subscribe'),
  'prompts/get': whole('prompts/get'),
  'completion/complete': whole('completion/complete'),
}

/** What servers ask of hosts. */
const FROM_SERVER: Readonly<Record<string, Row>> = {
  'sampling/createMessage': whole('sampling/createMessage'),
  'elicitation/create': whole('elicitation/create', 'decline'),
}

/** Methods beside those whose answers are looked at. */
const ANSWERS = new Set([
  'tools/call',
  'tasks/result',
  'resources/read',
  'prompts/get',
  'completion/complete',
])

/** Names that are ours: a tool that is called so would be taken for a request of the protocol. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...Object.keys(FROM_HOST),
  ...Object.keys(FROM_SERVER),
  'tasks/result',
].map((name) => name.toLowerCase()))

/** What policies are asked of a request; undefined: it passes. */
export function governedBy(
  from: 'host' | 'server',
  method: string,
  params: Fields,
): Governed | undefined {
  const table = from === 'host' ? FROM_HOST : FROM_SERVER
  return Object.hasOwn(table, method) ? table[method]!(params) : undefined
}

/** Whether response rules see the answers to it. */
export function answersAreRead(method: string): boolean {
  return ANSWERS.has(method)
}

/** Whether policies decide on it, whatever its params are. */
export function isDecidedOn(from: 'host' | 'server', method: string): boolean {
  return from === 'host' && method === 'tools/call' ||
    Object.hasOwn(from === 'host' ? FROM_HOST : FROM_SERVER, method)
}
