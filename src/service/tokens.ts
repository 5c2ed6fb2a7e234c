import type { Via } from '../audit/event.ts'
import { RampartError } from '../errors.ts'
import { type Scope, SCOPES, type TokenRecord } from '../ports.ts'
import type { Caller } from './api.ts'
import { sha256 } from './digest.ts'
import { recordStrictly } from './record.ts'
import type { Services } from './services.ts'

export interface NewToken {
  /** The agent it is bound to, or `*` for none. */
  readonly agent: string
  readonly scopes: readonly Scope[]
  readonly expiresInMs?: number | undefined
}

/** As `token create` prints it: the token is shown once and kept nowhere. */
export interface CreatedToken {
  readonly id: string
  readonly token: string
  readonly agent: string
  readonly scopes: readonly Scope[]
  readonly expires_at: string | null
}

export interface By {
  readonly principal: string
  readonly via: Via
}

type Tokens = Pick<
  Services,
  'tokens' | 'audit' | 'approvals' | 'clock' | 'ids' | 'log' | 'settings' | 'switches'
>

/** What the admin token may do: everything but `execute`. */
export const ADMIN_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== 'execute')
const PREFIX = 'rampart_'
const LONGEST = 512
const AGENT = /^(?:\*|[\p{L}\p{N}][\p{L}\p{N}._:@/-]{0,127})$/u
/** Ten years: longer is a mistake in the unit. */
const LONGEST_LIFE_MS = 3650 * 86_400_000

/** Make a token for an agent. It works only once its event is in the trail. */
export async function createToken(
  services: Tokens,
  wanted: NewToken,
  by: By,
): Promise<CreatedToken> {
  checkToken(wanted)
  const now = services.clock.now()
  const token = PREFIX + randomHex(32)
  const expiresAt = wanted.expiresInMs === undefined ? undefined : now + wanted.expiresInMs
  const scopes = SCOPES.filter((scope) => wanted.scopes.includes(scope))
  const record: TokenRecord = {
    id: services.ids.next(),
    agent: wanted.agent,
    scopes,
    hash: await sha256(token),
    createdAt: now,
    expiresAt,
  }
  const expires = expiresAt === undefined ? null : new Date(expiresAt).toISOString()
  await tell('created', record, { scopes, expires_at: expires }, by, services)
  await services.tokens.create(record)
  return { id: record.id, token, agent: record.agent, scopes, expires_at: expires }
}

/** End a token. `not_found` when there is none of that id, or it is revoked already. */
export async function revokeToken(services: Tokens, id: string, by: By): Promise<void> {
  const found = (await services.tokens.list()).find((token) => token.id === id)
  const revoked = found !== undefined && await services.tokens.revoke(id, services.clock.now())
  if (!revoked) throw new RampartError('not_found', 'There is no such token in force')
  await tell('revoked', found, {}, by, services)
}

/**
 * The caller of a bearer token, or undefined when it is unknown, expired or revoked. Only hashes are
 * compared, in constant time.
 */
export async function authenticate(
  services: Pick<Services, 'tokens' | 'clock'>,
  adminTokenHash: string,
  token: string,
  hashOf: (token: string) => Promise<string> = sha256,
): Promise<Caller | undefined> {
  if (token === '' || token.length > LONGEST) return undefined
  const hash = await hashOf(token)
  if (equalInConstantTime(hash, adminTokenHash)) {
    return { principal: 'admin', scopes: ADMIN_SCOPES }
  }
  const record = await services.tokens.byHash(hash)
  if (record === undefined || !equalInConstantTime(hash, record.hash)) return undefined
  const now = services.clock.now()
  if (record.revokedAt !== undefined) return undefined
  if (record.expiresAt !== undefined && now >= record.expiresAt) return undefined
  const scopes = record.scopes.includes('admin')
    ? SCOPES.filter((scope) => ADMIN_SCOPES.includes(scope) || record.scopes.includes(scope))
    : record.scopes
  return {
    principal: `token:${record.id}`,
    scopes,
    ...(record.agent === '*' ? {} : { agent: record.agent }),
  }
}

/** Most tokens whose hashes are remembered. */
const REMEMBERED = 64

/** The hashes of the last few tokens: WebCrypto takes a thread and back for each. */
export function rememberedHashes(): (token: string) => Promise<string> {
  const known = new Map<string, string>()
  return async (token) => {
    const remembered = known.get(token)
    if (remembered !== undefined) return remembered
    const hash = await sha256(token)
    const oldest = known.size < REMEMBERED ? undefined : known.keys().next().value
    if (oldest !== undefined) known.delete(oldest)
    known.set(token, hash)
    return hash
  }
}

/** Whether two hashes are equal, in a time that says nothing of where they differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++) {
    difference |= a.charCodeAt(index) ^ (b.charCodeAt(index) || 0)
  }
  return difference === 0 && a.length > 0
}

function checkToken({ agent, scopes, expiresInMs }: NewToken): void {
  const errors = []
  if (!AGENT.test(agent)) {
    errors.push({ pointer: '/agent', detail: 'A name of letters, digits and ._:@/-, or *' })
  }
  const known: readonly string[] = SCOPES
  if (scopes.length === 0 || !scopes.every((scope) => known.includes(scope))) {
    errors.push({ pointer: '/scopes', detail: `One or more of ${SCOPES.join(', ')}` })
  }
  const life = expiresInMs ?? 1
  if (!(life > 0 && life <= LONGEST_LIFE_MS)) {
    errors.push({ pointer: '/expires', detail: 'Between now and ten years' })
  }
  if (errors.length > 0) throw new RampartError('request_invalid', 'The token is wrong', { errors })
}

async function tell(
  action: string,
  { id, agent }: TokenRecord,
  more: { scopes?: readonly Scope[]; expires_at?: string | null },
  by: By,
  services: Tokens,
): Promise<void> {
  await recordStrictly({
    kind: 'token',
    agent,
    request: { token: id, ...more },
    decision: { action, eval_us: 0 },
    principal: by.principal,
    via: by.via,
  }, services)
}

/** So many random bytes, in hex. */
export function randomHex(bytes: number): string {
  return Array.from(
    crypto.getRandomValues(new Uint8Array(bytes)),
    (byte) => byte.toString(16).padStart(2, '0'),
  ).join('')
}
