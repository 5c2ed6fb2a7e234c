import { urlValues } from './url.ts'

/** More than anybody looks at: who finds so many refuses the call. */
const ENOUGH = 2048
/** Longest name of a host, brackets of an IPv6 address included. */
const HOST_LENGTH = 64
const PORT = /:\d{2,5}(?![\d:])/g
/** What a name of this machine begins or ends with, in any spelling that a URL parser takes. */
const MAYBE = /^[\d[]|localhost\.?$/i
const HERE = /^(?:127\..*|0\.0\.0\.0|(?:.*\.)?localhost|\[::1?\]|\[::ffff:7f.*\])$/

/**
 * Addresses of this machine, each once and without a path, that stand anywhere in a text, with a scheme or
 * without: what a browser or an interpreter behind an MCP tool may be made to open (security.md F19).
 * Other hosts are only spoken of; these lead to Rampart's own door.
 */
export function ownAddresses(text: string): readonly string[] {
  const seen = new Set<string>()
  const found: string[] = []
  for (const { index, 0: port } of text.matchAll(PORT)) {
    const host = text.slice(startOfHost(text, index), index).toLowerCase()
    if (!MAYBE.test(host) || seen.has(host + port)) continue
    seen.add(host + port)
    const url = `http://${host}${port}/`
    if (urlValues(url).some((value) => HERE.test(value.host))) found.push(url)
    if (found.length >= ENOUGH) break
  }
  return found
}

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
