import process from 'node:process'
import { setTimeout } from 'node:timers'
import { systemClock } from '../../adapters/clock.ts'
import { HOST_NAMES, type HostName } from '../../hosts/host.ts'
import { DEADLINES } from '../../hosts/refusals.ts'
import { EVENT_LIMIT, type HookAnswer, refused } from '../../hosts/refused.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { places } from '../config.ts'
import { readEvent } from '../hook/input.ts'
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
    answer: refused(hostIn(format), 'it took too long'),
    close: async () => {},
  }))
  late.catch(() => {})
  const left = () => Math.max(1, Math.floor(deadlineMs - (clock.monotonic() - started)))
  const { answer, close } = await Promise.race([late, answerOf(invocation, format, left)])
  stop.abort()
  print(invocation, answer)
  leave(answer.exit)
  await close().catch(() => {})
  return answer.exit
}

/** How long what is open still may be closed, ms. */
const LEAVE_MS = 2000

/** What still waits holds no host up that has its answer: most take a hook that hangs for a yes. */
function leave(exit: number): void {
  setTimeout(() => process.exit(exit), LEAVE_MS).unref()
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
  // Most calls are answered by the server, and need none of what decides.
  const { answerLocally } = await import('../hook/local.ts')
  return await answerLocally(invocation, format, event, left())
}

function deadlineOf(invocation: Invocation, format: string): number {
  const text = textFlag(invocation, 'timeout-ms')
  const host = hostIn(format)
  if (text === undefined) return host === undefined ? UNKNOWN_MS : DEADLINES[host].byDefault
  if (!/^[1-9]\d{0,9}$/.test(text)) {
    throw new RampartError('usage', '--timeout-ms takes a number of milliseconds')
  }
  return Math.min(Number(text), MOST_MS)
}

function hostIn(format: string): HostName | undefined {
  return HOST_NAMES.find((name) => name === format)
}

function print({ out }: Invocation, { exit, text }: HookAnswer): void {
  if (exit === 0) out.verbatim(text)
  else out.note(safe`${text.trimEnd()}`)
}
