import { createSocket } from 'node:dgram'
import { open } from 'node:fs/promises'
import { hostname } from 'node:os'
import process from 'node:process'
import { type Anchor, anchorLine } from '../audit/anchor.ts'
import type { Clock, Log } from '../ports.ts'
import { messageOf } from './database-wal.ts'

/** A place beyond the reach of who can write the trail; rejects where it cannot be reached now. */
type Deliver = (anchor: Anchor, signal: AbortSignal) => Promise<void>

export interface Forwarder {
  /** Have an anchor sent; returns at once. */
  send(anchor: Anchor): void
  /** Try once more what was not delivered, for a moment. */
  close(): Promise<void>
}

/** Most anchors that wait for a place; each covers those before it, so the oldest may go. */
const MOST = 1000
const TIMEOUT_MS = 10_000
const CLOSE_MS = 2000
const FIRST_MS = 1000
const LAST_MS = 60_000
const SYSLOG_PORT = 514
/** RFC 5424: facility "log audit", severity "notice". */
const PRIORITY = 13 * 8 + 5

/**
 * Sends the checkpoint of each anchor to places elsewhere: a file's path, an http(s) URL, `syslog` or
 * `syslog://HOST:PORT`. A place that is out of reach is tried again and again, and keeps nobody waiting.
 */
export function anchorForwarder(
  places: readonly string[],
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Forwarder {
  const lines = places.map((place) => new Line(place, deliverTo(place), clock, log))
  return {
    send(anchor) {
      for (const line of lines) line.send(anchor)
    },
    async close() {
      await Promise.all(lines.map((line) => line.close()))
    },
  }
}

class Line {
  readonly #name: string
  readonly #deliver: Deliver
  readonly #clock: Clock
  readonly #log: Log
  readonly #queue: Anchor[] = []
  readonly #stop = new AbortController()
  #hurry = new AbortController()
  #running: Promise<void> | undefined
  #failing = false

  constructor(name: string, deliver: Deliver, clock: Clock, log: Log) {
    this.#name = name
    this.#deliver = deliver
    this.#clock = clock
    this.#log = log
  }

  send(anchor: Anchor): void {
    this.#queue.push(anchor)
    if (this.#queue.length > MOST) this.#queue.shift()
    this.#running ??= this.#run()
  }

  async close(): Promise<void> {
    const late = setTimeout(() => this.#stop.abort(new Error('no time is left')), CLOSE_MS)
    this.#hurry.abort(new Error('the trail is closed'))
    await this.#running
    clearTimeout(late)
    const left = this.#queue.length
    if (left > 0) this.#log.warn(`${left} anchors were not delivered to ${this.#name}`)
  }

  async #run(): Promise<void> {
    let pause = FIRST_MS
    while (this.#queue.length > 0 && !this.#stop.signal.aborted) {
      const anchor = this.#queue[0]!
      try {
        await this.#deliver(anchor, this.#stop.signal)
        if (this.#queue[0] === anchor) this.#queue.shift()
        this.#failing = false
        pause = FIRST_MS
      } catch (error) {
        if (!this.#failing) {
          this.#log.warn(`Cannot send anchors to ${this.#name}`, messageOf(error))
        }
        this.#failing = true
        // Who closes has no patience: what cannot go now does not go.
        if (this.#hurry.signal.aborted) break
        await this.#clock.sleep(pause, this.#hurry.signal).catch(() => {})
        pause = Math.min(pause * 2, LAST_MS)
      }
    }
    this.#running = undefined
  }
}

function deliverTo(place: string): Deliver {
  if (/^https?:\/\//.test(place)) return (anchor, signal) => post(place, anchor, signal)
  if (place === 'syslog') return (anchor) => datagram('127.0.0.1', SYSLOG_PORT, anchor)
  if (place.startsWith('syslog://')) {
    const url = new URL(place)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    return (anchor) => datagram(host, Number(url.port || SYSLOG_PORT), anchor)
  }
  return (anchor) => append(place, anchor)
}

async function post(place: string, { checkpoint }: Anchor, signal: AbortSignal): Promise<void> {
  const response = await fetch(place, {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: checkpoint,
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`the answer is ${response.status}`)
}

/** Signed notes one after the other, an empty line between them. */
async function append(path: string, { checkpoint }: Anchor): Promise<void> {
  const file = await open(path, 'a', 0o600)
  try {
    await file.write(`${checkpoint}\n`)
    await file.datasync()
  } finally {
    await file.close()
  }
}

function datagram(host: string, port: number, anchor: Anchor): Promise<void> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  const name = hostname().replace(/[^\x21-\x7e]/g, '').slice(0, 255) || '-'
  const head = `<${PRIORITY}>1 ${anchor.time} ${name} rampart ${process.pid} anchor -`
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.send(`${head} ${anchorLine(anchor)}`, port, host, (error) => {
      socket.close()
      if (error) reject(error)
      else resolve()
    })
  })
}
