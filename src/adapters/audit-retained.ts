import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Stub, STUBS } from '../audit/stub.ts'
import { beginningOf, type StubTools } from '../audit/stub-verify.ts'
import { KeyRing } from '../audit/verify-anchors.ts'
import type { Finding } from '../audit/verify-finding.ts'
import { trailFile, trailFiles } from './audit-files.ts'
import { PACKED, unpackedName, withArchives } from './audit-gzip.ts'
import { isSame } from './audit-gzip-pack.ts'
import { verifySignature } from './audit-keys.ts'
import type { FileOps, OpenFile } from './audit-ops.ts'
import { leftoversOf, stubLines } from './audit-stubs.ts'
import { HASH_TOOLS } from './audit-verify-job.ts'
import type { TrailListing, TrailPart } from './audit-verify-source.ts'
import { messageOf } from './database-wal.ts'
import { sha256 } from './hash.ts'
import { codeOf } from './safe-read.ts'

/**
 * What there is to read of a trail whose old files were packed or pruned: it begins behind the last stub,
 * and what the stubs stand for and is still there is left out where it is the same.
 */
export async function listTrail(
  dir: string,
  ops: FileOps,
  keys?: readonly Uint8Array[],
): Promise<TrailListing> {
  const { head, tree, stubs, faults } = beginningOf(await stubLines(dir, ops), toolsOf(keys))
  const found: Finding[] = faults.map((fault) => ({ file: STUBS, ...fault }))
  const left = new Set(await leftovers(dir, stubs, ops))
  const names = trailFiles(withArchives(ops).list(dir)).map(({ name }) => name)
  const parts: TrailPart[] = []
  for (const name of names.filter((one) => !left.has(one))) {
    const part = await partOf(dir, name, ops, found)
    if (part !== undefined) parts.push(part)
  }
  const listing: TrailListing = { parts, strangers: strangersIn(dir), findings: found }
  const start = { head, size: tree.size, nodes: tree.nodes() }
  return stubs.length === 0 ? listing : { ...listing, start }
}

/** Without keys no signature is looked at. */
function toolsOf(keys: readonly Uint8Array[] | undefined): StubTools {
  const ring = new KeyRing(keys ?? [], HASH_TOOLS.hex)
  function isSigned({ origin, key_id }: Stub, text: Uint8Array, signature: Uint8Array) {
    if (keys === undefined) return true
    const key = ring.find(origin, key_id)
    return key === undefined ? undefined : verifySignature(key, text, signature)
  }
  return { hash: sha256, into: HASH_TOOLS.into, isSigned }
}

async function leftovers(
  dir: string,
  stubs: readonly Stub[],
  ops: FileOps,
): Promise<readonly string[]> {
  const found = await leftoversOf(dir, stubs, withArchives(ops))
  return found.filter((one) => one.isSame).map(({ name }) => name)
}

function strangersIn(dir: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => !entry.isFile() && trailFile(unpackedName(entry.name) ?? entry.name))
    .map(({ name }) => name)
}

/** Undefined for a broken archive. */
async function partOf(
  dir: string,
  name: string,
  ops: FileOps,
  found: Finding[],
): Promise<TrailPart | undefined> {
  const path = join(dir, name)
  const packed = path + PACKED
  const plain = ops.stat(path)
  const open = () => withArchives(ops).open(path, 'read')
  const finding = (message: string): Finding => {
    return { kind: 'archive', file: name + PACKED, line: 0, message }
  }
  if (plain === undefined) {
    try {
      const size = await sizeOf(open)
      return { name: name + PACKED, path, size, open }
    } catch (error) {
      if (codeOf(error) !== 'EBADARCHIVE') throw error
      found.push(finding(messageOf(error)))
      return undefined
    }
  }
  if (ops.stat(packed) !== undefined && !await isSame(path, packed, { ops })) {
    found.push(finding(`It is not what ${name} is: one of the two was changed or put there`))
  }
  return { name, path, size: plain.size, open }
}

async function sizeOf(open: () => Promise<OpenFile>): Promise<number> {
  const file = await open()
  try {
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}
