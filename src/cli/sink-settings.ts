import { resolve } from 'node:path'
import { placeOf, type SinkSpec } from '../adapters/sink-deliver.ts'
import { suggest } from './suggest.ts'

const MOST = 20
const FILES = ['ca_file', 'cert_file', 'key_file', 'secret_file'] as const

type Loose = Readonly<Record<string, unknown>>
/** What leads to an upstream comes from enrolment, not from here. */
type Type = Exclude<SinkSpec['type'], 'upstream'>

/** Which schemes a type has, and which keys beside the common ones. */
const TYPES: Readonly<
  Record<
    Type,
    { readonly schemes: readonly string[]; readonly keys: readonly string[] }
  >
> = {
  syslog: { schemes: ['udp:', 'tcp:', 'tls:'], keys: ['format', 'cert_file', 'key_file'] },
  webhook: { schemes: ['http:', 'https:'], keys: ['secret_file', 'headers'] },
  otlp: { schemes: ['http:', 'https:'], keys: ['headers'] },
}
const COMMON = ['name', 'type', 'url', 'from', 'ca_file', 'tls_verify']

/** `cef+tls://HOST:PORT`, `otlp+http://…`: what goes there, and how, in one word. */
const SHORT = /^(?:(cef|otlp)\+)?((udp|tcp|tls|https?):\/\/.*)$/s

/**
 * Where events are sent: a list of maps or of short forms, or short forms with commas between. Throws with
 * the place of what is wrong.
 */
export function sinks(value: unknown): readonly SinkSpec[] {
  const list = typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value
  if (!Array.isArray(list) || list.length > MOST) {
    throw new TypeError(`expected a list of at most ${MOST} sinks`)
  }
  const specs = list.map((one, index) => {
    try {
      return sinkOf(typeof one === 'string' ? short(one) : one)
    } catch (error) {
      throw new TypeError(`sink ${index + 1}: ${(error as Error).message}`)
    }
  })
  const names = ['upstream', ...specs.map(({ name }) => name)]
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice === undefined) return specs
  throw new TypeError(`two sinks have the name "${twice}": give one of them another with name:`)
}

function short(text: string): Loose {
  const [, how, url, scheme] = SHORT.exec(text) ?? []
  const isHttp = scheme?.startsWith('http') ?? false
  if (url === undefined || (how === 'cef' && isHttp) || (how === 'otlp' && !isHttp)) {
    throw new TypeError(
      'expected udp://, tcp:// or tls://HOST:PORT (cef+ before it for CEF), https://… for a ' +
        'webhook, or otlp+http://…',
    )
  }
  if (isHttp) return { type: how === 'otlp' ? 'otlp' : 'webhook', url }
  return { type: 'syslog', url, format: how === 'cef' ? 'cef' : 'json' }
}

function sinkOf(value: unknown): SinkSpec {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('expected a map with type and url, or a short form')
  }
  const given = value as Loose
  const type = oneOf(given, 'type', ['syslog', 'webhook', 'otlp'] as const)
  checkKeys(given, type)
  const url = urlOf(given['url'], TYPES[type].schemes)
  const spec = {
    type,
    url,
    format: oneOf(given, 'format', ['json', 'cef'] as const, 'json'),
    from: oneOf(given, 'from', ['now', 'start'] as const, 'now'),
    tls_verify: given['tls_verify'] ?? true,
    headers: headersOf(given['headers'] ?? {}),
    ...Object.fromEntries(FILES.flatMap((key) => pathOf(given, key))),
  }
  if (typeof spec.tls_verify !== 'boolean') {
    throw new TypeError('tls_verify: expected true or false')
  }
  return { ...spec, tls_verify: spec.tls_verify, name: nameOf(given['name'], spec) }
}

function checkKeys(given: Loose, type: Type): void {
  const known = [...COMMON, ...TYPES[type].keys]
  const odd = Object.keys(given).find((key) => !known.includes(key))
  if (odd === undefined) return
  const meant = suggest(odd, known)
  const hint = meant === undefined ? '' : `: did you mean "${meant}"?`
  throw new TypeError(`unknown key "${odd}" of a sink of type ${type}${hint}`)
}

function oneOf<const T extends string>(
  given: Loose,
  key: string,
  words: readonly T[],
  fallback?: T,
): T {
  const value = given[key] ?? fallback
  const word = words.find((one) => one === value)
  if (word === undefined) throw new TypeError(`${key}: expected one of ${words.join(', ')}`)
  return word
}

function urlOf(value: unknown, schemes: readonly string[]): string {
  const url = typeof value === 'string' && value.length <= 2048 && URL.canParse(value)
    ? new URL(value)
    : undefined
  const isSyslog = schemes.includes('udp:')
  const isBare = !isSyslog || (url !== undefined && /^\/?$/.test(url.pathname) &&
    `${url.search}${url.hash}${url.username}${url.password}` === '')
  if (url !== undefined && schemes.includes(url.protocol) && url.hostname !== '' && isBare) {
    return value as string
  }
  const rest = isSyslog ? 'HOST:PORT' : '…'
  throw new TypeError(`url: expected ${schemes.map((scheme) => `${scheme}//${rest}`).join(' or ')}`)
}

function pathOf(given: Loose, key: string): [string, string][] {
  const value = given[key]
  if (value === undefined) return []
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return [[key, value]]
  throw new TypeError(`${key}: expected the path of a file`)
}

const HEADER = /^[A-Za-z0-9-]{1,100}$/
/** Ours to say. */
const RESERVED = /^(?:host|content-.*|transfer-encoding|connection|x-rampart-.*)$/i

function headersOf(value: unknown): Record<string, string> {
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : undefined
  const good = entries !== undefined && entries.length <= 50 &&
    entries.every(([name, text]) =>
      HEADER.test(name) && !RESERVED.test(name) && typeof text === 'string' &&
      /^[\x20-\x7e]{0,4096}$/.test(text)
    )
  if (good) return Object.fromEntries(entries)
  throw new TypeError('headers: expected a map of header fields to text')
}

function nameOf(value: unknown, spec: Pick<SinkSpec, 'url' | 'type' | 'format'>): string {
  if (value === undefined) {
    const { protocol, hostname, port } = new URL(spec.url)
    const kind = spec.type === 'syslog' ? protocol.slice(0, -1) : spec.type
    const words = [spec.format === 'cef' ? 'cef' : '', kind, hostname, port]
    return words.join('-').toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-').replaceAll(/^-|-$/g, '')
      .slice(0, 60)
  }
  if (typeof value === 'string' && /^[a-z0-9][a-z0-9._-]{0,59}$/.test(value)) return value
  throw new TypeError('name: expected small letters, digits, ".", "_" and "-", at most 60')
}

/** Files of a sink are meant from the directory of the file that names them. */
export function withFilesFrom(dir: string, spec: SinkSpec): SinkSpec {
  const placed = FILES.flatMap((key) =>
    spec[key] === undefined ? [] : [[key, resolve(dir, spec[key])] as const]
  )
  return { ...spec, ...Object.fromEntries(placed) }
}

/** One sink for people, without what may be secret. */
export function shownSink(spec: SinkSpec): string {
  const how = spec.type === 'syslog' && spec.format === 'cef' ? ' cef' : ''
  return `${spec.name} (${spec.type}${how} ${placeOf(spec)})`
}
