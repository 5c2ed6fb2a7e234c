import { fromBase64, toBase64 } from '../audit/checkpoint.ts'
import { RampartError } from '../errors.ts'
import { type Standing, standingOf } from '../fleet/standing.ts'
import type { Json } from '../engine/types.ts'
import type { FleetNode, FleetParts } from '../ports.ts'
import { sha256 } from './digest.ts'
import { recordStrictly } from './record.ts'
import type { Services } from './services.ts'
import { type By, randomHex } from './tokens.ts'

export type FleetServices = Pick<
  Services,
  'audit' | 'approvals' | 'clock' | 'ids' | 'log' | 'settings' | 'switches' | 'fleet'
>

/** As `fleet code` prints it: shown once, kept nowhere. */
export interface CreatedCode {
  readonly code: string
  readonly expires_at: string
}

export interface WantedCode {
  /** What the node is called; else as it calls itself. */
  readonly name?: string | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly expiresInMs?: number | undefined
}

/** What a machine enrols with. */
export interface Enrolment {
  readonly code: string
  /** Ed25519, raw, base64: of its requests. */
  readonly publicKey: string
  /** The same of the anchors of its trail, old ones too. */
  readonly trailKeys: readonly string[]
  readonly name: string
}

/** On the wire. */
export interface Enrolled {
  readonly node: string
  readonly name: string
  /** Ed25519, raw, base64: by it the node knows its upstream from now on. */
  readonly upstream_key: string
}

const PREFIX = 'rampart_node_'
export const CODE_MS = 15 * 60_000
const LONGEST_MS = 7 * 86_400_000
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/
const MOST_LABELS = 16

/** @throws RampartError `unavailable` where this server keeps no nodes */
export function fleetOf({ fleet }: FleetServices): FleetParts {
  if (fleet !== undefined) return fleet
  throw new RampartError('unavailable', 'This server keeps no nodes')
}

/** A code by which one machine may enrol as a node, until it is used or late. */
export async function createCode(
  services: FleetServices,
  { name, labels, expiresInMs = CODE_MS }: WantedCode,
  by: By,
): Promise<CreatedCode> {
  checkNames(name, labels)
  if (!(expiresInMs > 0 && expiresInMs <= LONGEST_MS)) {
    throw new RampartError('request_invalid', 'A code holds for seven days at most')
  }
  const code = PREFIX + randomHex(20)
  const expiresAt = services.clock.now() + expiresInMs
  const expires_at = new Date(expiresAt).toISOString()
  await tell('node_code', { name: name ?? null, labels: { ...labels }, expires_at }, by, services)
  const hash = await sha256(code)
  await fleetOf(services).store.addCode({
    hash,
    expiresAt,
    name,
    labels,
    createdBy: by.principal,
  })
  return { code, expires_at }
}

/**
 * Make a node of the machine that has a code. What it is comes from the code and not from the machine
 * where both say it.
 *
 * @throws RampartError `unauthenticated` for a code that is unknown, used or late
 */
export async function enroll(services: FleetServices, asked: Enrolment): Promise<Enrolled> {
  const { store, key } = fleetOf(services)
  const keys = [asked.publicKey, ...asked.trailKeys]
  const bad = keys.findIndex((key) => fromBase64(key)?.length !== 32)
  if (bad >= 0) {
    const pointer = bad === 0 ? '/public_key' : `/trail_keys/${bad - 1}`
    throw invalid(pointer, 'An Ed25519 key: 32 bytes, base64')
  }
  checkNames(asked.name, {})
  const { publicKey } = await key()
  const now = services.clock.now()
  const code = await store.takeCode(await sha256(asked.code), now)
  if (code === undefined) {
    throw new RampartError('unauthenticated', 'The code is unknown, was used, or is late')
  }
  const node: FleetNode = {
    id: services.ids.next(),
    name: code.name ?? asked.name,
    labels: code.labels,
    publicKey: asked.publicKey,
    trailKeys: asked.trailKeys,
    enrolledAt: now,
  }
  const request = { ...toldOf(node), labels: { ...node.labels }, public_key: node.publicKey }
  await tell('node_enrolled', request, { principal: code.createdBy, via: 'http' }, services)
  await store.add(node)
  return { node: node.id, name: node.name, upstream_key: toBase64(publicKey) }
}

/** From now on nothing of it is taken. `not_found` where there is none, or it is revoked already. */
export async function revokeNode(services: FleetServices, id: string, by: By): Promise<void> {
  const { store } = fleetOf(services)
  const node = await store.node(id)
  if (node === undefined || node.revokedAt !== undefined) {
    throw new RampartError('not_found', 'There is no such node in force')
  }
  await store.change(id, { revokedAt: services.clock.now() })
  await tell('node_revoked', toldOf(node), by, services)
}

/** A node for people and machines that look at the fleet, on the wire. */
export interface NodeLine {
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly standing: Standing
  readonly enrolled_at: string
  readonly seen_at: string | null
  readonly version: string | null
  readonly mode: string | null
  readonly policy_hash: string | null
  readonly policy_faults: number
  /** Calls that nobody judged, since its start. */
  readonly passed_unasked: number
  /** Events of its trail that are held here, and how many it has more. */
  readonly events: number
  readonly lag: number
  readonly missing: number
  /** The event from which on its trail is another than the one that it shipped. */
  readonly forked_at: number | null
}

/** All nodes, those first that somebody should look at. */
export async function listNodes(services: FleetServices): Promise<readonly NodeLine[]> {
  const { store, trails } = fleetOf(services)
  const now = services.clock.now()
  const lines = await Promise.all(
    (await store.list()).map(async (node) => lineOf(node, (await trails.head(node.id)).seq, now)),
  )
  return lines.sort((a, b) => Number(a.standing === 'ok') - Number(b.standing === 'ok'))
}

function lineOf(node: FleetNode, events: number, now: number): NodeLine {
  const { report, seenAt, fork } = node
  return {
    id: node.id,
    name: node.name,
    labels: node.labels,
    standing: standingOf(node, now),
    enrolled_at: new Date(node.enrolledAt).toISOString(),
    seen_at: seenAt === undefined ? null : new Date(seenAt).toISOString(),
    version: report?.version ?? null,
    mode: report?.mode ?? null,
    policy_hash: report?.policyHash ?? null,
    policy_faults: report?.policyFaults ?? 0,
    passed_unasked: report?.passedUnasked ?? 0,
    events,
    lag: Math.max(0, (report?.head.seq ?? 0) - events),
    missing: node.missing ?? 0,
    forked_at: fork?.seq ?? null,
  }
}

export function toldOf({ id, name }: FleetNode): Record<string, Json> {
  return { node: id, name }
}

function checkNames(name: string | undefined, labels: Readonly<Record<string, string>>): void {
  if (name !== undefined && !NAME.test(name)) {
    throw invalid('/name', 'A name of letters, digits and ._:-, at most 64')
  }
  const pairs = Object.entries(labels)
  if (pairs.length > MOST_LABELS || !pairs.every((pair) => pair.every((word) => NAME.test(word)))) {
    throw invalid('/labels', `At most ${MOST_LABELS} names and values of letters, digits and ._:-`)
  }
}

function invalid(pointer: string, detail: string): RampartError {
  return new RampartError('request_invalid', detail, { errors: [{ pointer, detail }] })
}

async function tell(
  action: string,
  request: Json,
  { principal, via }: By,
  services: FleetServices,
): Promise<void> {
  const decision = { action, eval_us: 0 }
  await recordStrictly({ kind: 'token', request, decision, principal, via }, services)
}
