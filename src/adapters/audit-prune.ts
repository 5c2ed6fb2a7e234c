import { join } from 'node:path'
import { GENESIS, type Head } from '../audit/chain.ts'
import { toBase64 } from '../audit/checkpoint.ts'
import type { EventDraft } from '../audit/event.ts'
import { Frontier, type HashInto } from '../audit/merkle.ts'
import { headBehindStubs, type Stub, STUB_SCHEMA, stubLine, stubText } from '../audit/stub.ts'
import { treeOf } from '../audit/stub-verify.ts'
import { RampartError } from '../errors.ts'
import type { AuditLog, Clock, Ids } from '../ports.ts'
import { trailFiles } from './audit-files.ts'
import { PACKED, withArchives } from './audit-gzip.ts'
import { type Keep, type Reason, reasonsOf } from './audit-keep.ts'
import type { Lock } from './audit-lock.ts'
import type { FileOps } from './audit-ops.ts'
import { scanFiles } from './audit-prune-scan.ts'
import { noteDraft } from './audit-seal.ts'
import { addStub, leftoversOf, readStubs, removeFile } from './audit-stubs.ts'
import { readTail } from './audit-tail.ts'
import { sha256 } from './hash.ts'

/** Signs with the key of this installation. */
export interface Signer {
  readonly origin: string
  readonly keyId: string
  sign(message: Uint8Array): Uint8Array
}

export interface PruneOptions {
  readonly dir: string
  readonly ops: FileOps
  readonly keep: Keep
  /** The limits in words, for the stub and the event. */
  readonly keepText: string
  readonly by: Pick<EventDraft, 'principal' | 'via'>
  readonly clock: Clock
  readonly ids: Ids
  readonly into: HashInto
  readonly signer: () => Promise<Signer>
  /** Where the event goes; it is durable before anything is removed. */
  readonly log: Pick<AuditLog, 'append' | 'query'>
  /** Of the trail, held while a file is removed. */
  readonly lock: Pick<Lock, 'take' | 'give'>
  /** Lowest `seq` that somebody still has to read. */
  readonly heldFrom?: (() => number | undefined) | undefined
  /** Prune even what is broken: the stub says that it was. */
  readonly force: boolean
  readonly pause?: (() => Promise<void>) | undefined
}

/** A file that goes, and why. */
export interface Going {
  readonly name: string
  readonly bytes: number
  readonly why: Reason
}

export interface Pruned {
  readonly files: readonly Going[]
  readonly stub: Stub | undefined
  /** Files that an earlier prune left over, and that are gone now. */
  readonly finished: readonly string[]
  /** Why nothing was removed: what is wrong with the files. */
  readonly findings: readonly string[]
}

/** Which files a prune would remove. Changes nothing. */
export async function planPrune(
  { dir, ops, keep, clock, heldFrom }: Pick<
    PruneOptions,
    'dir' | 'ops' | 'keep' | 'clock' | 'heldFrom'
  >,
): Promise<readonly Going[]> {
  const { old, rest } = await oldFiles(dir, ops)
  const files = old.map((name) => ({
    bytes: bytesOf(dir, name, ops),
    end: async () => {
      const head = await headOf(join(dir, name), ops)
      // One without an event is as old as its name says.
      return { time: Date.parse(head?.time ?? name.slice(0, 10)), seq: head?.seq ?? 0 }
    },
  }))
  const restBytes = rest.reduce((sum, name) => sum + bytesOf(dir, name, ops), 0)
  const reasons = await reasonsOf(files, restBytes, keep, clock.now(), heldFrom?.())
  return reasons.map((why, index) => ({ name: old[index]!, bytes: files[index]!.bytes, why }))
}

/** The files of a trail before the newest one with an event in it, which the chain goes on from. */
export async function oldFiles(
  dir: string,
  ops: FileOps,
): Promise<{ readonly old: readonly string[]; readonly rest: readonly string[] }> {
  const names = trailFiles(withArchives(ops).list(dir)).map(({ name }) => name)
  let newest = names.length - 1
  while (newest > 0 && await headOf(join(dir, names[newest]!), ops) === undefined) newest -= 1
  return { old: names.slice(0, Math.max(0, newest)), rest: names.slice(Math.max(0, newest)) }
}

/** On the disk, packed or not. */
function bytesOf(dir: string, name: string, ops: FileOps): number {
  return [name, name + PACKED].reduce((sum, one) => sum + (ops.stat(join(dir, one))?.size ?? 0), 0)
}

/** A file that cannot be read tells nothing; pruning it is refused, or forced. */
async function headOf(path: string, ops: FileOps): Promise<Head | undefined> {
  try {
    const file = await withArchives(ops).open(path, 'read')
    try {
      return (await readTail(file, (await file.stat()).size)).head
    } finally {
      await file.close()
    }
  } catch {
    return undefined
  }
}

/**
 * Remove whole old files and leave a signed stub in their place. First the stub is durable, then the event
 * that tells of it, then the files go; who is killed in between is finished by the next one. Whoever calls
 * it holds the lock of retention.
 */
export async function pruneTrail(options: PruneOptions): Promise<Pruned> {
  const { dir, ops, force } = options
  const stubs = await readStubs(dir, ops)
  const finished = await finish(stubs, options)
  const files = await planPrune(options)
  const none = { stub: undefined, finished, findings: [] }
  if (files.length === 0) return { ...none, files }
  const names = files.map(({ name }) => name)
  const from = { head: headBehindStubs(stubs), tree: treeBehind(stubs, options.into) }
  const { into, pause } = options
  const scanned = await scanFiles(dir, names, from, { ops: withArchives(ops), into, pause })
  const { findings, first } = scanned
  if (first === undefined) return { ...none, files: [] }
  if (findings.length > 0 && !force) return { ...none, files, findings }
  const stub = await sign({
    schema: STUB_SCHEMA,
    time: new Date(options.clock.now()).toISOString(),
    by: options.by.principal,
    keep: options.keepText,
    first,
    last: scanned.last,
    files: scanned.files,
    tree: scanned.tree,
    findings: findings.length,
    prev: stubs.length === 0 ? GENESIS.hash : sha256(stubLine(stubs.at(-1)!)),
  }, await options.signer())
  await addStub(dir, [...stubs, stub], ops)
  await tell(stub, files, options)
  for (const name of names) await remove(name, options)
  return { files, stub, finished, findings }
}

function treeBehind(stubs: readonly Stub[], into: HashInto): Frontier {
  const last = stubs.at(-1)
  const tree = last === undefined ? new Frontier(into) : treeOf(last, into)
  if (tree !== undefined) return tree
  const detail = 'The last stub has a broken tree. Next: rampart audit verify'
  throw new RampartError('state_unusable', detail)
}

function sign(body: Omit<Stub, 'origin' | 'key_id' | 'signature'>, signer: Signer): Stub {
  const signed = { ...body, origin: signer.origin, key_id: signer.keyId }
  const signature = signer.sign(new TextEncoder().encode(stubText(signed)))
  return { ...signed, signature: toBase64(signature) }
}

/** What a prune began that was killed: its event where it is not there yet, and then its files. */
async function finish(stubs: readonly Stub[], options: PruneOptions): Promise<readonly string[]> {
  const { dir, ops } = options
  const left = (await leftoversOf(dir, stubs, withArchives(ops))).filter(({ isSame }) => isSame)
  if (left.length === 0) return []
  const last = stubs.at(-1)!
  if (left.some(({ stub }) => stub === last) && !await isTold(last, options)) {
    await tell(last, undefined, options)
  }
  for (const { name } of left) await remove(name, options)
  return left.map(({ name }) => name)
}

/** Events that are looked through for the one that tells of a stub. */
const LOOKED_AT = 100

async function isTold(stub: Stub, { log }: PruneOptions): Promise<boolean> {
  const hash = sha256(stubLine(stub))
  const events = await log.query({ kind: 'alert', limit: LOOKED_AT })
  return events.some(({ request }) => (request as { stub?: unknown } | null)?.stub === hash)
}

/** Most files that the event names. */
const NAMED = 50

async function tell(
  stub: Stub,
  files: readonly Going[] | undefined,
  { log, clock, ids, by, keepText }: PruneOptions,
): Promise<void> {
  const { first, last, findings } = stub
  const why = [...new Set(files?.map((file) => file.why))]
  const held = why.includes('held too long')
    ? '; some of them were not yet delivered everywhere, and are twice over the limit'
    : ''
  const broken = findings === 0 ? '' : `; they were broken: ${findings} findings`
  const message = `Pruned events ${first.seq} to ${last.seq}, ${stub.files.length} files, ` +
    `to keep ${keepText}${held}${broken}`
  const request = {
    stub: sha256(stubLine(stub)),
    first: first.seq,
    last: last.seq,
    files: stub.files.slice(0, NAMED).map(({ name }) => name),
    file_count: stub.files.length,
    bytes: stub.files.reduce((sum, { size }) => sum + size, 0),
    keep: stub.keep,
    pruned_by: stub.by,
    why,
    findings,
  }
  await log.append([{ ...noteDraft('alert', request, message, { clock, ids }), ...by }])
}

async function remove(name: string, { dir, ops, lock }: PruneOptions): Promise<void> {
  await lock.take()
  try {
    await removeFile(dir, name, ops)
    await ops.syncDirectory(dir)
  } finally {
    lock.give()
  }
}
