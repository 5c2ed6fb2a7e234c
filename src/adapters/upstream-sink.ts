import { Buffer } from 'node:buffer'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { ANCHORS, readAnchor } from '../audit/anchor.ts'
import { linesForward, textOf } from './audit-lines.ts'
import { nodeFileOps } from './audit-ops.ts'
import { codeOf } from './safe-read.ts'
import type { Deliver, SinkSpec } from './sink-deliver.ts'
import type { FollowedLine } from './sink-follower.ts'
import type { UpstreamClient } from './upstream-client.ts'

/** The sink under whose name a node remembers what it has shipped. */
export function upstreamSpec(upstream: string): SinkSpec {
  return {
    name: 'upstream',
    type: 'upstream',
    url: upstream,
    format: 'json',
    // What happened before it was a node is shipped too: a chain has one beginning.
    from: 'start',
    tls_verify: true,
    headers: {},
  }
}

/** Most anchors that go with one batch. */
const MOST_ANCHORS = 200

/** What an upstream says of its copy. */
interface Shipped {
  readonly seq: number
  readonly anchored: number
}

export interface Shipper {
  readonly deliver: Deliver
  /** Ship the anchors that came since, of events that were shipped: they come a moment after their event. */
  anchors(signal: AbortSignal): Promise<void>
}

/** Ships lines of a trail as they are, gzipped, with the anchors of events that the upstream has then. */
export function upstreamShipper(client: UpstreamClient, dir: string): Shipper {
  let anchored = 0
  /** Anchors before it were shipped. */
  let offset = 0
  let place: { readonly file: string; readonly last: number } | undefined

  async function ship(lines: readonly string[], signal: AbortSignal): Promise<void> {
    const { file, last } = place!
    const anchors = await anchorsUpTo(dir, { from: anchored, to: last, offset })
    if (lines.length === 0 && anchors.texts.length === 0) return
    const body = await gzipped(JSON.stringify({ file, lines, anchors: anchors.texts }))
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const shipped = await client.post('/v1/fleet/events', body, { signal, headers }) as Shipped
    anchored = shipped.anchored
    offset = anchors.end
  }

  return {
    async deliver(lines, _device, signal) {
      place = placeOf(lines as readonly FollowedLine[])
      await ship(lines.map(({ text }) => text), signal)
      return { rejected: 0 }
    },
    async anchors(signal) {
      if (place !== undefined) await ship([], signal)
    },
  }
}

/** The lines of a step are of one file; an archive has the name of what it was made of. */
function placeOf(lines: readonly FollowedLine[]): { readonly file: string; readonly last: number } {
  const { mark, event } = lines.at(-1)!
  return { file: mark.file.replace(/\.gz$/, ''), last: event.seq }
}

/** Anchors of the events from one to the other, read on from where the last ones ended. */
async function anchorsUpTo(
  dir: string,
  { from, to, offset }: { readonly from: number; readonly to: number; readonly offset: number },
): Promise<{ readonly texts: readonly string[]; readonly end: number }> {
  const texts: string[] = []
  let end = offset
  try {
    const file = await nodeFileOps.open(join(dir, ANCHORS), 'read')
    try {
      // Old ones may have been taken out: then it is read from its beginning.
      const { size } = await file.stat()
      if (size < offset) end = 0
      for await (const lines of linesForward(file, end)) {
        for (const line of lines) {
          const text = line.terminated ? textOf(line) : undefined
          const read = text === undefined ? 'half a line' : readAnchor(text)
          if (typeof read !== 'string') {
            if (read.anchor.seq > to || texts.length >= MOST_ANCHORS) return { texts, end }
            if (read.anchor.seq >= from) texts.push(text!)
          }
          if (line.terminated) end = line.end
        }
      }
    } finally {
      await file.close()
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  return { texts, end }
}

async function gzipped(text: string): Promise<Uint8Array> {
  const { gzip } = process.getBuiltinModule('node:zlib')
  return await promisify(gzip)(Buffer.from(text))
}
