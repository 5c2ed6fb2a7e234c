import { rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Anchor } from '../audit/anchor.ts'
import { rootText } from '../audit/anchor.ts'
import { GENESIS } from '../audit/chain.ts'
import { fromBase64, toBase64 } from '../audit/checkpoint.ts'
import { Frontier } from '../audit/merkle.ts'
import type { TrailStart } from '../audit/verify.ts'
import { hashInto } from '../runtime/hasher.ts'
import { randomHex } from './hash.ts'
import { readSmall } from './safe-read.ts'

/** The tree over a trail up to an event, and where the next one begins. */
export interface Grown {
  readonly seq: number
  readonly hash: string
  readonly size: number
  readonly nodes: readonly Uint8Array[]
  readonly root: string
  /** Empty before the first event. */
  readonly file: string
  readonly offset: number
}

const SCHEMA = 'rampart.merkle.v1'
const LIMIT = 65_536

/** Where a trail begins, which may be behind what was taken away from it. */
export function beginning(start: TrailStart | undefined): Grown {
  const { head, size, nodes } = start ?? { head: GENESIS, size: 0, nodes: [] }
  const tree = Frontier.from(size, nodes, hashInto)!
  return {
    seq: head.seq,
    hash: head.hash,
    size,
    nodes,
    root: rootText(tree.root()),
    file: '',
    offset: 0,
  }
}

/** What was kept beside the trail; nothing of it is trusted further than an anchor says the same. */
export async function readGrown(place: string): Promise<Grown | undefined> {
  const read = await readSmall(join(place, 'merkle.json'), { limit: LIMIT, followLinks: false })
  if (read.text === undefined) return undefined
  try {
    const { schema, seq, hash, size, nodes, file, offset } = JSON.parse(read.text)
    const bytes = (nodes as string[]).map((node) => fromBase64(node)!)
    const tree = Frontier.from(size, bytes, hashInto)
    const fits = schema === SCHEMA && Number.isSafeInteger(seq) && typeof hash === 'string' &&
      typeof file === 'string' && Number.isSafeInteger(offset) && offset >= 0
    if (!fits || tree === undefined) return undefined
    return { seq, hash, size, nodes: bytes, root: rootText(tree.root()), file, offset }
  } catch {
    return undefined
  }
}

/** Keep it for the next process. It may be lost: then the trail is read again. */
export async function writeGrown(place: string, grown: Grown): Promise<void> {
  const { seq, hash, size, nodes, file, offset } = grown
  const path = join(place, 'merkle.json')
  const draft = `${path}.${randomHex(6)}`
  const kept = { schema: SCHEMA, seq, hash, size, nodes: nodes.map(toBase64), file, offset }
  try {
    await writeFile(draft, `${JSON.stringify(kept)}\n`, { mode: 0o600, flag: 'wx' })
    await rename(draft, path)
  } catch {
    await unlink(draft).catch(() => {})
  }
}

/** The furthest of some states that the last anchor does not contradict. */
export function furthest(
  states: readonly (Grown | undefined)[],
  last: Anchor | undefined,
): Grown | undefined {
  return states.filter((state) =>
    state !== undefined && !(state.seq === last?.seq && state.root !== last.root)
  ).sort((a, b) => b!.seq - a!.seq)[0]
}
