import type { KeyFile } from '../../adapters/bundle-keys.ts'
import { isLabel } from '../../bundle/fields.ts'
import type { Setting } from '../settings.ts'
import { duration } from '../span.ts'

/** Where a bundle is followed, and whose. */
export interface BundleValues {
  readonly 'bundle.url': string | undefined
  readonly 'bundle.keys': readonly KeyFile[]
  readonly 'bundle.interval': number
  readonly 'bundle.labels': Readonly<Record<string, string>>
}

const MINUTE = 60_000
const KEYS = 16

export const BUNDLE_SETTINGS: { readonly [K in keyof BundleValues]: Setting<BundleValues[K]> } = {
  'bundle.url': {
    doc: 'Policy bundle that is followed: https://… or file:///… (http:// on this machine alone)',
    fallback: undefined,
    read: source,
  },
  'bundle.keys': {
    doc: 'Public keys (PEM) that may have signed it: paths, or {file, expires}',
    fallback: [],
    read: keyFiles,
  },
  'bundle.interval': {
    doc: 'How often is looked for a new one',
    fallback: MINUTE,
    read: interval,
  },
  'bundle.labels': {
    doc: 'What this node is to a roll-out: a map of labels',
    fallback: {},
    read: labels,
  },
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Where a bundle may come from: what anybody on the way could change is signed, but they could hold it back. */
function source(value: unknown): string {
  const url = typeof value === 'string' && value.length <= 4096 && URL.canParse(value)
    ? new URL(value)
    : undefined
  const isGood = url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && LOOPBACK.test(url.hostname)) ||
    (url?.protocol === 'file:' && url.host === '')
  if (isGood) return url.href
  throw new TypeError('expected https://…, file:///…, or http:// on a loopback address')
}

function keyFiles(value: unknown): readonly KeyFile[] {
  const list = Array.isArray(value) && value.length <= KEYS ? value.map(keyFile) : [undefined]
  if (list.every((one) => one !== undefined)) return list
  throw new TypeError('expected a list of paths, or of {file, expires}')
}

function keyFile(value: unknown): KeyFile | undefined {
  if (typeof value === 'string') return value === '' ? undefined : { file: value }
  const { file, expires, ...rest } = (value ?? {}) as Record<string, unknown>
  const isGood = typeof file === 'string' && file !== '' && Object.keys(rest).length === 0
  const at = typeof expires === 'string' && DAY.test(expires) ? Date.parse(expires) : NaN
  if (!isGood || (expires !== undefined && !Number.isFinite(at))) return undefined
  return { file, ...(expires === undefined ? {} : { expires: at }) }
}

/** A day, which begins in UTC, or a time. */
const DAY = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?$/

function interval(value: unknown): number {
  const ms = duration(value)
  if (ms >= 1000 && ms <= 24 * 60 * MINUTE) return ms
  throw new TypeError('expected a time from 1s to 24h')
}

function labels(value: unknown): Readonly<Record<string, string>> {
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : [['', undefined] as const]
  const good = entries.length <= 32 &&
    entries.every(([key, one]) => typeof one === 'string' && isLabel(key, one))
  if (good) return Object.fromEntries(entries) as Record<string, string>
  throw new TypeError('expected a map of labels such as {region: eu}')
}

/** A source as it may be shown: what is secret in an address stands before its host or behind its path. */
export function shownSource(url: string): string {
  const { protocol, host, pathname, search } = new URL(url)
  return `${protocol}//${host}${pathname}${search === '' ? '' : '?…'}`
}

export function shownKeys(keys: readonly KeyFile[]): string {
  return keys.map(({ file, expires }) =>
    expires === undefined ? file : `${file} until ${new Date(expires).toISOString()}`
  ).join(', ')
}
