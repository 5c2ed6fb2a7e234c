import { groupId } from '../adapters/group-id.ts'
import type { Address } from './settings.ts'

// What a setting may be, as written in config.yaml or behind a flag: the value, or a TypeError that says what was
// expected.

export function inFileAlone(): never {
  throw new TypeError('expected in config.yaml')
}

export function text(value: unknown): string {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value
  throw new TypeError('expected text')
}

export function group(value: unknown): number {
  const name = typeof value === 'number' ? String(value) : text(value)
  const gid = groupId(name)
  if (gid === undefined) throw new TypeError('expected a group of /etc/group, or the number of one')
  return gid
}

export function oneOf<const T extends string>(words: readonly T[]): (value: unknown) => T {
  return (value) => {
    const word = words.find((one) => one === value)
    if (word === undefined) throw new TypeError(`expected one of ${words.join(', ')}`)
    return word
  }
}

export function yesOrNo(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new TypeError('expected true or false')
}

export function count(value: unknown): number {
  return numberFrom(1, 10_000_000)(value)
}

export function numberFrom(least: number, most: number): (value: unknown) => number {
  return (value) => {
    const number = Number.isSafeInteger(value) ? value as number : -1
    if (number >= least && number <= most) return number
    throw new TypeError(`expected a whole number from ${least} to ${most}`)
  }
}

export function address(value: unknown): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(String(value))
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host !== undefined && port <= 65_535) return { host, port }
  throw new TypeError('expected HOST:PORT, such as 127.0.0.1:9090 or [::1]:9090')
}

const HOST = /^[a-z0-9._-]{1,253}$|^\[[0-9a-f:.]+\]$/

export function names(value: unknown): readonly string[] {
  const list = typeof value === 'string' ? value.split(',') : value
  const good = Array.isArray(list) && list.length <= 100 &&
    list.every((name) => typeof name === 'string' && HOST.test(name.trim().toLowerCase()))
  if (!good) throw new TypeError('expected host names')
  return (list as string[]).map((name) => name.trim().toLowerCase())
}
