import type { FormatName } from '../audit/format/names.ts'
import { momentOf, type Selection } from '../audit/format/select.ts'
import { FORMATS } from '../audit/format/table.ts'
import { RampartError } from '../errors.ts'
import type { Services } from './services.ts'

/** Which events, and as what. `since` and `until` as people write them. */
export interface ExportRequest extends Selection {
  readonly format: FormatName
}

/** A file in the making: nothing is read before it is asked for. */
export interface Exported {
  readonly contentType: string
  /** What it may be called. */
  readonly name: string
  /** The next piece, undefined at the end. Rejects where the trail cannot be read on. */
  next(): Promise<string | undefined>
  /** Nobody wants the rest. */
  close(): void
}

/** Exports at a time: each keeps a core busy. */
const MOST = 2
/** Longest that a reader may leave the next piece, ms: one that has gone away unseen frees its place. */
const STALLED_MS = 60_000

/** Exports of one server, a few at a time. */
export function createExports(services: Services): (request: ExportRequest) => Promise<Exported> {
  let running = 0
  return async ({ format: name, ...asked }) => {
    const { trail, clock } = services
    if (trail === undefined) {
      throw new RampartError('unavailable', 'This trail has no files that could be exported')
    }
    const now = clock.now()
    const selection = {
      ...asked,
      since: moment('since', asked.since, now),
      until: moment('until', asked.until, now),
    }
    if (running >= MOST) {
      throw new RampartError('rate_limited', `${MOST} exports are on their way: one ends first`, {
        headers: { 'retry-after': '5' },
      })
    }
    running += 1
    const format = FORMATS[name]
    const day = new Date(now).toISOString().slice(0, 10)
    const pieces = piecesOf(services, name, selection)
    return {
      contentType: format.contentType,
      name: `rampart-audit-${day}.${format.extension}`,
      ...guarded(pieces, services, () => {
        running -= 1
      }),
    }
  }
}

function moment(name: string, text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined
  const found = momentOf(text, now)
  if (found !== undefined) return found
  const detail = 'Expected a day, an RFC 3339 time, or how long ago, such as 24h or 7d'
  throw new RampartError('request_invalid', `The ${name} cannot be read`, {
    errors: [{ pointer: `/${name}`, detail }],
  })
}

async function* piecesOf(
  { trail }: Services,
  name: FormatName,
  selection: Selection,
): AsyncGenerator<string> {
  const { head, encode } = FORMATS[name]
  const device = await trail!.device()
  if (head !== '') yield head
  for await (const { lines, unreadable } of trail!.lines(selection)) {
    // A whole answer would say that this is all there is.
    if (unreadable !== undefined) throw new Error(`${unreadable} cannot be read`)
    if (lines.length > 0) yield lines.map((line) => encode(line, device)).join('')
  }
}

/** Gives its place back once: at the end, at a failure, when nobody wants more, or asks for none. */
function guarded(
  pieces: AsyncGenerator<string>,
  { clock, log }: Services,
  release: () => void,
): Pick<Exported, 'next' | 'close'> {
  let ended = false
  let watch = watching()

  function watching(): AbortController {
    const stop = new AbortController()
    clock.sleep(STALLED_MS, stop.signal).then(close, () => {})
    return stop
  }

  function close(): void {
    if (ended) return
    ended = true
    watch.abort()
    release()
    pieces.return(undefined).catch(() => {})
  }

  async function next(): Promise<string | undefined> {
    watch.abort()
    if (ended) throw new Error('The export has ended')
    try {
      const { value, done } = await pieces.next()
      if (done) {
        close()
        return undefined
      }
      if (!ended) watch = watching()
      return value
    } catch (error) {
      log.warn('An export could not be finished', error)
      close()
      throw error
    }
  }

  return { next, close }
}
