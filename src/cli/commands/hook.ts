import { systemClock } from '../../adapters/clock.ts'
import { EVENT_LIMIT, type HookAnswer, refused } from '../../hosts/answer.ts'
import { hostNamed } from '../../hosts/index.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { places } from '../config.ts'
import { readEvent } from '../hook/input.ts'
import { answerLocally } from '../hook/local.ts'
import { askServer } from '../hook/server.ts'
import { safe } from '../output.ts'

/** Where nobody says how long the host waits, and which host it is. */
const UNKNOWN_MS = 25_000
const MOST_MS = 3_600_000

/** One event on standard input, its answer in the host's words: 0, or 2 where the host takes that for no. */
export async function run(invocation: Invocation): Promise<number> {
  const format = textFlag(invocation, 'format') ?? 'auto'
  const clock = systemClock()
  const started = clock.monotonic()
  const deadlineMs = deadlineOf(invocation, format)
  const stop = new AbortController()
  const late = clock.sleep(deadlineMs, stop.signal).then(() => ({
    answer: refused(hostNamed(format)?.name, 'it took too long'),
    close: async () => {},
  }))
  late.catch(() => {})
  const left = () => Math.max(1, Math.floor(deadlineMs - (clock.monotonic() - started)))
  const { answer, close } = await Promise.race([late, answerOf(invocation, format, left)])
  stop.abort()
  print(invocation, answer)
  await close().catch(() => {})
  return answer.exit
}

async function answerOf(
  invocation: Invocation,
  format: string,
  left: () => number,
): Promise<{ readonly answer: HookAnswer; close(): Promise<void> }> {
  const { environment } = invocation
  const event = await readEvent(EVENT_LIMIT)
  const socket = textFlag(invocation, 'socket') ?? environment.socket ??
    places(environment.home).socket
  if (event.length <= EVENT_LIMIT) {
    const answer = await askServer(socket, format, event, left())
    if (answer !== undefined) return { answer, close: async () => {} }
  }
  return await answerLocally(invocation, format, event, left())
}

function deadlineOf(invocation: Invocation, format: string): number {
  const text = textFlag(invocation, 'timeout-ms')
  if (text === undefined) return hostNamed(format)?.defaultDeadlineMs ?? UNKNOWN_MS
  if (!/^[1-9]\d{0,9}$/.test(text)) {
    throw new RampartError('usage', '--timeout-ms takes a number of milliseconds')
  }
  return Math.min(Number(text), MOST_MS)
}

function print({ out }: Invocation, { exit, text }: HookAnswer): void {
  if (exit === 0) out.verbatim(text)
  else out.note(safe`${text.trimEnd()}`)
}
