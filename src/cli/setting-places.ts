import { isAbsolute } from 'node:path'

/** An http(s) URL without query, and without a slash at its end. */
export function origin(value: unknown): string {
  const url = typeof value === 'string' && value.length <= 500 && URL.canParse(value)
    ? new URL(value)
    : undefined
  const isGood = url !== undefined && /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === '' && url.pathname === '/'
  if (isGood) return url.origin
  throw new TypeError('expected https://HOST or http://HOST:PORT, without a path')
}

/** Where checkpoints are sent: a list, or a text with commas. */
export function anchorPlaces(value: unknown): readonly string[] {
  const list = typeof value === 'string' ? value.split(',') : value
  const good = Array.isArray(list) && list.length <= 10 && list.every(isAnchorPlace)
  if (!good) throw new TypeError('expected URLs, absolute paths, syslog or syslog://HOST:PORT')
  return list as string[]
}

function isAnchorPlace(place: unknown): boolean {
  if (typeof place !== 'string' || place.includes('\0')) return false
  if (place === 'syslog' || isAbsolute(place)) return true
  return /^(?:https?|syslog):\/\/[^/]/.test(place) && URL.canParse(place)
}
