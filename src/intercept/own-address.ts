import { isOwnHost, urlValues } from './url.ts'

/** More than anybody looks at: who finds so many refuses the call. */
const ENOUGH = 2048
/** Longest name of a host, brackets of an IPv6 address included. */
const HOST_LENGTH = 64
const PORT = /:\d{2,5}(?![\d:])/g
/** What a name of this machine begins or ends with, in any spelling that a URL parser takes. */
const MAYBE = /^[\d[]|localhost|loopback\.?$/i
/** Where a port stands in front of its address: `curl --resolve name:port:address`. */
const BEHIND = /:(\d{2,5}):(\[[^\]\s]+\]|[a-z0-9_-]*[a-z.][a-z0-9_.-]*)/gi
/** A number is a host where something says so: in `12:00:30` none is. */
const NUMBER = /^(?:0x)?[0-9a-f]+$/i
/** A host and a port as two arguments of code, in either order, with their names or without. */
const BOTH = [
  /["'`]([a-z0-9_.:[\]%-]{1,64})["'`]\s*,?\s*(?:["']?port["']?\s*[:=]\s*)?["'`]?(\d{2,5})\b/gi,
  /\b(\d{2,5})["'`]?\s*,\s*(?:["']?(?:host(?:name)?|address)["']?\s*[:=]\s*)?["'`]([a-z0-9_.:[\]%-]{1,64})["'`]/gi,
]

/**
 * Addresses of this machine, each once and without a path, that stand anywhere in a text, with a scheme or
 * without: what a browser or an interpreter behind an MCP tool may be made to open (security.md F19).
 * Other hosts are only spoken of; these lead to Rampart's own door.
 */
export function ownAddresses(text: string): readonly string[] {
  const found = new Found()
  for (const { index, 0: port } of text.matchAll(PORT)) {
    const start = startOfHost(text, index)
    const host = text.slice(start, index)
    if (!NUMBER.test(host) || /[/@]/.test(text[start - 1] ?? '')) found.add(host, port.slice(1))
    if (found.isFull) break
  }
  for (const [, port, host] of text.matchAll(BEHIND)) found.add(host!, port!)
  for (const [, host, port] of text.matchAll(BOTH[0]!)) found.add(host!, port!)
  for (const [, port, host] of text.matchAll(BOTH[1]!)) found.add(host!, port!)
  return found.urls
}

/** The same where a host and a port are words that follow each other: `nc -w 1 localhost 9090`. */
export function ownPairs(words: readonly string[]): readonly string[] {
  const found = new Found()
  words.forEach((word, index) => {
    const port = words[index + 1] ?? ''
    if (/^\d{1,5}$/.test(port) && !found.isFull) found.add(word, port)
  })
  return found.urls
}

/** Whether a word names this machine, in any spelling. */
export function isOwn(word: string): boolean {
  return addressOf(word, '1') !== undefined
}

/** The address of a port of this machine; undefined where the host is another. */
export function addressOf(name: string, port: string): string | undefined {
  const host = bracketed(name.toLowerCase())
  if (host.length > HOST_LENGTH || !MAYBE.test(host)) return undefined
  const url = `http://${host}:${port}/`
  return urlValues(url).some((value) => isOwnHost(value.host)) ? url : undefined
}

/** Addresses of ours, each once. */
class Found {
  readonly #seen = new Set<string>()
  readonly urls: string[] = []

  get isFull(): boolean {
    return this.urls.length >= ENOUGH
  }

  add(name: string, port: string): void {
    const key = `${name}:${port}`
    if (this.isFull || this.#seen.has(key)) return
    this.#seen.add(key)
    const url = addressOf(name, port)
    if (url !== undefined) this.urls.push(url)
  }
}

/** A bare IPv6 address as a URL writes it. */
const bracketed = (host: string): string => /^[0-9a-f.%]*:[\w:.%]*$/.test(host) ? `[${host}]` : host

/** Where the name of a host begins that ends in front of `end`. */
function startOfHost(text: string, end: number): number {
  const least = Math.max(0, end - HOST_LENGTH)
  if (text[end - 1] === ']') {
    const open = text.slice(least, end).lastIndexOf('[')
    return open < 0 ? end : least + open
  }
  let start = end
  while (start > least && /[a-z0-9_.-]/i.test(text[start - 1]!)) start--
  return start
}
