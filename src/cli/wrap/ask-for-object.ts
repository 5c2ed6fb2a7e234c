import { askSocket } from '../socket-client.ts'

/** An answer whose body is a JSON object. */
export interface ObjectAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** Where no output comes back. */
const ANSWER_LIMIT = 1 << 20

/** As `askSocket`; rejects with a plain error, too, when what came is no JSON object. */
export async function askForObject(
  socket: string,
  path: string,
  ask: {
    readonly body?: unknown
    readonly timeoutMs: number
    readonly signal?: AbortSignal
    readonly limit?: number
  },
): Promise<ObjectAnswer> {
  const body = ask.body === undefined ? undefined : JSON.stringify(ask.body)
  const { limit = ANSWER_LIMIT } = ask
  const { status, text } = await askSocket(socket, path, { ...ask, body, limit })
  const said = objectOf(text)
  if (said === undefined) throw new Error('the answer is no JSON object')
  return { status, body: said }
}

/** A JSON object, or undefined. */
export function objectOf(text: string): ObjectAnswer['body'] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? value as ObjectAnswer['body']
      : undefined
  } catch {
    return undefined
  }
}
