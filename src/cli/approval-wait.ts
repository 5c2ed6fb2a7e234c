import { askForObject } from './wrap/ask-for-object.ts'

/** One look; the server holds it so long for a person. */
const WAIT_S = 25

export interface Waiting {
  /** Beyond the time that the server holds a look. */
  readonly patienceMs: number
  readonly signal?: AbortSignal
}

/**
 * Wait over the socket for what becomes of a question, however long that takes: `approved` or how else it ended.
 *
 * @throws Error with what the server said when the question is lost, and whatever `askForObject` throws.
 */
export async function approvalStatus(
  socket: string,
  id: string,
  { patienceMs, ...more }: Waiting,
): Promise<string> {
  const path = `/v1/approvals/${encodeURIComponent(id)}?wait=${WAIT_S}`
  const timeoutMs = WAIT_S * 1000 + patienceMs
  for (;;) {
    const { status, body } = await askForObject(socket, path, { timeoutMs, ...more })
    if (status !== 200) {
      const { detail } = body
      throw new Error(typeof detail === 'string' ? detail : `the server answered ${status}`)
    }
    if (typeof body['status'] !== 'string') throw new Error('the answer names no status')
    if (body['status'] !== 'pending') return body['status']
  }
}
