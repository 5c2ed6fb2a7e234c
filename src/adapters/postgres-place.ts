import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { RampartError } from '../errors.ts'
import { codeOf } from './safe-read.ts'

/** What is trusted on the way to the database. */
export interface PlaceTls {
  readonly verify: 'full' | 'ca' | 'none'
  /** PEM; else what this runtime trusts. */
  readonly ca?: string | undefined
}

/** Where the shared state is kept. The password is no part of it, so that it can be shown. */
export interface PostgresPlace {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly tls: PlaceTls | undefined
  /** For people: no password, no parameters. */
  readonly shown: string
}

const MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const
type SslMode = (typeof MODES)[number]
const PARAMETERS = ['sslmode', 'sslrootcert', 'host']

/**
 * Read `postgres://USER@HOST[:PORT]/DATABASE[?sslmode=…&sslrootcert=FILE]`. The host is a name, an address, or
 * the directory of a unix socket (`%2Frun%2Fpostgresql`, or `?host=`). To another machine only `verify-full` is
 * spoken, unless `weakTls` says that less will do (security.md F48). Faults never name the password.
 *
 * @throws RampartError `config_invalid`
 */
export function postgresPlace(
  url: string,
  { weakTls }: { readonly weakTls: boolean },
): PostgresPlace {
  const { parsed, parameter } = partsOf(url)
  const host = decodeURIComponent(parsed.hostname) || parameter('host') || ''
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  const user = decodeURIComponent(parsed.username)
  const database = decodeURIComponent(parsed.pathname.slice(1))
  if (bare === '' || user === '' || !/^[^/]+$/.test(database)) {
    throw invalid('expected postgres://USER@HOST/DATABASE')
  }
  const mode = parameter('sslmode')
  if (mode !== undefined && !MODES.includes(mode as SslMode)) {
    throw invalid(`sslmode is one of ${MODES.join(', ')}`)
  }
  const isLocal = bare.startsWith('/') || isLoopback(bare)
  const asked = mode as SslMode | undefined ?? (isLocal ? 'disable' : 'verify-full')
  if (asked !== 'verify-full' && !isLocal && !weakTls) {
    throw invalid(
      `sslmode=${asked} lets another machine play the database: verify-full is needed, or store_weak_tls`,
    )
  }
  const port = Number(parsed.port || 5432)
  const at = bare.startsWith('/') ? bare : `${bare.includes(':') ? `[${bare}]` : bare}:${port}`
  return {
    host: bare,
    port,
    database,
    user,
    tls: tlsOf(asked, parameter('sslrootcert')),
    shown: `${database} on ${at} as ${user}`,
  }
}

/** The password that stands in the URL, and the URL without it. */
export function withoutPassword(url: string): { readonly url: string; readonly password?: string } {
  const { parsed } = partsOf(url)
  const password = decodeURIComponent(parsed.password)
  parsed.password = ''
  return password === '' ? { url } : { url: parsed.href, password }
}

function partsOf(url: string): {
  readonly parsed: URL
  readonly parameter: (name: string) => string | undefined
} {
  // Without a host there may be no user in a URL, but a socket may be named behind it.
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed === undefined || !/^postgres(?:ql)?:$/.test(parsed.protocol)) {
    throw invalid('expected postgres://USER@HOST/DATABASE')
  }
  const unknown = [...parsed.searchParams.keys()].find((name) => !PARAMETERS.includes(name))
  if (unknown !== undefined) throw invalid(`its parameters are ${PARAMETERS.join(', ')}`)
  return { parsed, parameter: (name) => parsed.searchParams.get(name) ?? undefined }
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

function tlsOf(mode: SslMode, rootFile: string | undefined): PlaceTls | undefined {
  if (mode === 'disable') return undefined
  const verify = mode === 'verify-full' ? 'full' : mode === 'verify-ca' ? 'ca' : 'none'
  if (rootFile === undefined) return { verify }
  try {
    return { verify, ca: readFileSync(rootFile, 'utf8') }
  } catch (error) {
    throw invalid(`cannot read the sslrootcert ${rootFile}: ${codeOf(error)}`)
  }
}

function invalid(why: string): RampartError {
  return new RampartError('config_invalid', `store: ${why}`)
}
