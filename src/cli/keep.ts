import type { Keep } from '../adapters/audit-keep.ts'
import { duration, formatDuration } from './span.ts'

const UNITS = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 } as const
type Unit = keyof typeof UNITS

const SIZE = /^([1-9]\d{0,5}(?:\.\d{1,3})?) ?(KiB|MiB|GiB|TiB)$/

/**
 * How much of the trail is kept: `180d`, `5 GiB`, or both with `|` between, of which the one that is
 * reached first counts; `forever` keeps everything.
 */
export function keep(value: unknown): Keep {
  const parts = String(value).split('|').map((part) => part.trim())
  if (parts.length === 1 && parts[0] === 'forever') return {}
  const read = parts.map(limit)
  const ages = read.flatMap(({ age }) => age ?? [])
  const sizes = read.flatMap(({ bytes }) => bytes ?? [])
  if (ages.length > 1 || sizes.length > 1) throw expected()
  return {
    ...(ages.length === 0 ? {} : { age: ages[0]! }),
    ...(sizes.length === 0 ? {} : { bytes: sizes[0]! }),
  }
}

function limit(part: string): Keep {
  const match = SIZE.exec(part)
  if (match !== null) return { bytes: Math.round(Number(match[1]) * UNITS[match[2] as Unit]) }
  try {
    return { age: duration(part) }
  } catch {
    throw expected()
  }
}

function expected(): TypeError {
  return new TypeError('expected a time, a size or both, such as 180d | 5 GiB, or forever')
}

/** The same limits in their largest units. */
export function formatKeep({ age, bytes }: Keep): string {
  const parts = [
    ...(age === undefined ? [] : [formatDuration(age)]),
    ...(bytes === undefined ? [] : [formatBytes(bytes)]),
  ]
  return parts.length === 0 ? 'forever' : parts.join(' | ')
}

/** A size with its unit, such as `256 KiB`, in bytes. */
export function size(least: number, most: number): (value: unknown) => number {
  return (value) => {
    const match = SIZE.exec(String(value))
    const bytes = match === null ? 0 : Math.round(Number(match[1]) * UNITS[match[2] as Unit])
    if (bytes >= least && bytes <= most) return bytes
    throw new TypeError(
      `expected a size from ${formatBytes(least)} to ${formatBytes(most)}, such as 64 MiB`,
    )
  }
}

/** A size for people, such as 1.5 GiB. */
export function formatBytes(bytes: number): string {
  const units = Object.keys(UNITS).reverse() as Unit[]
  const unit = units.find((one) => bytes >= UNITS[one])
  return unit === undefined
    ? `${bytes} bytes`
    : `${Number((bytes / UNITS[unit]).toFixed(3))} ${unit}`
}
