import type { UrlValue } from '../engine/types.ts'

/** Longest URL that is read, in characters. */
export const URL_LIMIT = 65_536

/** Schemes that name no host and need none. */
const HOSTLESS = new Set(['file:', 'data:', 'about:', 'blob:', 'javascript:'])

/**
 * Every reading of a URL, the WHATWG one first; empty where it cannot be parsed or names no host though
 * its scheme needs one. An IPv4 address in IPv6 clothes is also read as itself, and
 * another name of this machine as `localhost`. Credentials are left
 * out, so that no label or rule ever shows them.
 */
export function urlValues(text: string): readonly UrlValue[] {
  if (text.length > URL_LIMIT) return []
  const other = otherReading(text)
  return other === undefined ? valuesOf(text) : [...valuesOf(text), ...valuesOf(other)]
}

/**
 * Programs that read by RFC 3986 take all up to the last `@` in front of the path for credentials, also
 * where the WHATWG standard ends the host at a `\`, `?` or `#`: `https://a.com\@b.com/` is b.com to them.
 */
function otherReading(text: string): string | undefined {
  const start = text.indexOf('://') + 3
  const slash = text.indexOf('/', start)
  const authority = text.slice(start, slash < 0 ? undefined : slash)
  const at = authority.lastIndexOf('@')
  if (start < 3 || at < 0 || !/[\\?#]/.test(authority.slice(0, at))) return undefined
  return text.slice(0, start) + text.slice(start + at + 1)
}

function valuesOf(text: string): readonly UrlValue[] {
  const url = parse(text)
  if (url === undefined) return []
  const host = canonicalHost(url)
  if (host === undefined || (host === '' && !HOSTLESS.has(url.protocol))) return []
  const scheme = url.protocol.slice(0, -1)
  const others = [mappedAddress(host), ALIAS.test(host) ? 'localhost' : undefined]
  return [host, ...others.filter((one) => one !== undefined)]
    .map((name) => ({ url: spell(url, name), host: name, scheme }))
}

/** Names that `/etc/hosts` of common systems gives to this machine. */
const ALIAS =
  /^(?:localhost(?:\.localdomain|[46](?:\.localdomain[46])?)|ip6-(?:localhost|loopback))$/
const HERE = /^(?:127\..*|0\.0\.0\.0|(?:.*\.)?localhost|\[::1?\]|\[::ffff:7f.*\])$/

/** Whether a canonical host is this machine whatever it is called in the network. */
export const isOwnHost = (host: string): boolean => HERE.test(host)

/** The same for what a program takes as an address: a name without a scheme is reached by `scheme`. */
export function addressValues(text: string, scheme: string): readonly UrlValue[] {
  return urlValues(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${scheme}://${text}`)
}

/** The local path of a `file:` URL, undefined for every other. */
export function filePath(text: string): string | undefined {
  const url = text.length > URL_LIMIT ? undefined : parse(text)
  if (url?.protocol !== 'file:') return undefined
  try {
    return decodeURIComponent(url.pathname)
  } catch {
    return url.pathname
  }
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    // The standard knows no zone of an IPv6 address; programs in C do, and go to the address before it.
    const plain = text.replace(/(\[[0-9a-f:.]+)%[^\]/]*\]/i, '$1]')
    return plain === text ? undefined : parse(plain)
  }
}

/**
 * Lower case, IDNA, IPv4 numbers canonical, no trailing dot. Schemes that the standard leaves opaque
 * (`ssh:`, `git:`) get the same reading. Undefined where the host is none.
 */
function canonicalHost(url: URL): string | undefined {
  const name = url.hostname
  if (name === '') return ''
  const read = parse(`http://${unescaped(name)}/`)?.hostname
  return read === undefined ? undefined : read.replace(/\.+$/, '') || undefined
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function spell(url: URL, host: string): string {
  const port = url.port === '' ? '' : `:${url.port}`
  const slashes = host === '' && url.protocol !== 'file:' ? '' : '//'
  return `${url.protocol}${slashes}${host}${port}${url.pathname}${url.search}${url.hash}`
}

/** `[::ffff:7f00:1]` → `127.0.0.1`. */
function mappedAddress(host: string): string | undefined {
  const match = /^\[::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host)
  if (match === null) return undefined
  const [high, low] = [parseInt(match[1]!, 16), parseInt(match[2]!, 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
