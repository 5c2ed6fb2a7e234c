import type { Json } from '../engine/types.ts'
import { addressOf, isOwn, ownPairs } from './own-address.ts'
import type { Params } from './params.ts'

/** Keys under which a host stands by itself, and those of a port. */
const HOST = /(?:host(?:_?name)?|addr(?:ess)?|server|target|ip|domain|bind|name)$/i
const PORT = /port$/i
/**
 * Addresses of this machine that params name in two places: `{host: "localhost", port: 9090}`, nested or not, and
 * `["localhost", "9090"]` (security.md F19).
 */
export function ownNamed(params: Params): readonly string[] {
  let host: string | undefined
  const ports = new Set<string>()
  const pairs: string[] = []
  // A list of what is left to look at: params may nest deeper than a stack.
  const left: Json[] = [params]
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (Array.isArray(one)) {
      pairs.push(...ownPairs(one.map((value) => wordOf(value) ?? '')))
      left.push(...one)
    } else if (one !== null && typeof one === 'object') {
      for (const [key, value] of Object.entries(one)) {
        const word = wordOf(value)
        if (word === undefined) left.push(value)
        else if (PORT.test(key) && /^\d{1,5}$/.test(word)) ports.add(word)
        else if (host === undefined && HOST.test(key) && isOwn(word)) host = word
      }
    }
  }
  const own = host
  const combined = own === undefined ? [] : [...ports].map((port) => addressOf(own, port)!)
  return [...new Set([...pairs, ...combined])]
}

/** A text or a number as it is written; undefined for what holds others, or neither. */
function wordOf(value: Json): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
}
