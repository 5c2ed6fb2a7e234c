import { RampartError } from '../errors.ts'
import type { Transport } from './transport.ts'

/** Whether a Host header names this server; ports count only where a configured name has one. */
export type IsOurs = (host: string) => boolean

const SIGNS = /^[A-Za-z0-9._:[\]-]+$/
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** Loopback names, the bound address and the configured names (semantics.md 25). */
export function ownHosts(bound: string, configured: readonly string[]): IsOurs {
  const own = [bound, ...configured].map(parts).filter((each) => each !== undefined)
  return (host) => {
    const asked = parts(host)
    if (asked === undefined) return false
    return LOOPBACK.test(asked.name) ||
      own.some(({ name, port }) => name === asked.name && (port === '' || port === asked.port))
  }
}

/**
 * Where a request goes. The runtimes put the Host header into it as it came: one that makes no address, which
 * anybody can send, is no name of ours.
 *
 * @throws RampartError `host_not_ours`
 */
export function targetOf(request: Request): URL {
  try {
    return new URL(request.url)
  } catch {
    throw new RampartError('host_not_ours', 'The Host header is no name')
  }
}

/**
 * A page of another site that made its name resolve to us sends that name: it is refused, on the header
 * and on an absolute request target alike. The socket cannot be reached by a browser.
 *
 * @throws RampartError `host_not_ours`
 */
export function checkHost(
  header: string | null,
  target: URL,
  env: Transport | undefined,
  isOurs: IsOurs,
): void {
  if (env?.transport === 'socket') return
  if (isOurs(target.host) && (header === null || isOurs(header))) return
  throw new RampartError('host_not_ours', 'This server does not answer under that name')
}

/**
 * The address as the browser has it. Behind a proxy that ends TLS a request comes in by plain HTTP; only under
 * the very name and port of `public_url` is it known that people see another scheme. No header says so.
 */
export function asSeen(target: URL, publicUrl: string | undefined): URL {
  if (publicUrl === undefined) return target
  const seen = new URL(publicUrl)
  // The port that a scheme has by itself is in no Host header: what stands there is the same in both.
  if (target.host === seen.host) target.protocol = seen.protocol
  return target
}

/** The name as URLs write it (lower case, numbers canonical, no trailing dot), and the port given. */
function parts(host: string): { name: string; port: string } | undefined {
  const bracketed = host.split(':').length > 2 && !host.startsWith('[') ? `[${host}]` : host
  if (!SIGNS.test(bracketed) || !URL.canParse(`http://${bracketed}`)) return undefined
  const { hostname } = new URL(`http://${bracketed}`)
  const port = /:(\d+)$/.exec(bracketed.replace(/^\[[^\]]*\]/, ''))?.[1] ?? ''
  return { name: hostname.replace(/\.$/, ''), port }
}
