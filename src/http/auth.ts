import { RampartError } from '../errors.ts'
import type { Log, Scope } from '../ports.ts'
import type { Api, Caller } from '../service/api.ts'
import type { Transport } from './transport.ts'

const BEARER = /^Bearer +([\x21-\x7e]{1,512})$/i

/**
 * Who calls. A token counts wherever it comes in, and a wrong one is refused everywhere; without one
 * only the socket, of which the runtime told us, makes a caller (security.md F8).
 *
 * @throws RampartError `unauthenticated`
 */
export async function callerOf(
  header: string | null,
  env: Transport | undefined,
  api: Api,
  log: Log | undefined,
): Promise<Caller> {
  const caller = await knownCaller(header, env, api)
  if (caller !== undefined) return caller
  const token = tokenOf(header)
  const said = header === null
    ? 'no token'
    : token === undefined
    ? 'no bearer token'
    : 'wrong token'
  try {
    await api.authFailed(viaOf(env), said)
  } catch (error) {
    log?.error('A failed authentication could not be recorded', error)
  }
  throw new RampartError('unauthenticated', `The request carries ${said}`, {
    headers: {
      'www-authenticate': `Bearer realm="rampart"${token ? ', error="invalid_token"' : ''}`,
    },
  })
}

/** The same without a word about those who are nobody: undefined. */
export async function knownCaller(
  header: string | null,
  env: Transport | undefined,
  api: Api,
): Promise<Caller | undefined> {
  if (header === null && env?.transport === 'socket') {
    return { principal: `uid:${env.uid ?? 'unknown'}`, scopes: ['eval'] }
  }
  const token = tokenOf(header)
  return token === undefined ? undefined : await api.authenticate(token)
}

function tokenOf(header: string | null): string | undefined {
  return header === null ? undefined : BEARER.exec(header)?.[1]
}

export function viaOf(env: Transport | undefined): 'http' | 'socket' | 'dashboard' {
  if (env?.dashboard) return 'dashboard'
  return env?.transport === 'socket' ? 'socket' : 'http'
}

/** `admin` holds all but `execute`. */
export function holds({ scopes }: Caller, scope: Scope): boolean {
  return scopes.includes(scope) || (scope !== 'execute' && scopes.includes('admin'))
}

/** @throws RampartError `forbidden`, naming what is needed */
export function checkScope(caller: Caller, anyOf: readonly Scope[]): void {
  if (anyOf.some((scope) => holds(caller, scope))) return
  const wanted = anyOf.join(' or ')
  throw new RampartError('forbidden', `This needs the scope ${wanted}`, {
    headers: {
      'www-authenticate': `Bearer realm="rampart", error="insufficient_scope", scope="${
        anyOf.join(' ')
      }"`,
    },
  })
}
