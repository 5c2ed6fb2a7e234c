import { rootText } from './anchor.ts'
import type { HashText, Head } from './chain.ts'
import { GENESIS } from './chain.ts'
import { fromBase64 } from './checkpoint.ts'
import { Frontier, type HashInto } from './merkle.ts'
import { readStub, type Stub, stubText } from './stub.ts'

/** What the stubs of a trail are checked with. */
export interface StubTools {
  readonly hash: HashText
  readonly into: HashInto
  /** Whether a signature is that of a key; undefined where the key is not known. */
  readonly isSigned: (stub: Stub, text: Uint8Array, signature: Uint8Array) => boolean | undefined
}

/** What is wrong with a line of `pruned.jsonl`. */
export interface StubFault {
  readonly kind:
    | 'stub_line'
    | 'stub_link'
    | 'stub_key'
    | 'stub_signature'
    | 'stub_tree'
    | 'pruned_broken'
  /** From 1. */
  readonly line: number
  readonly message: string
  readonly expected?: string
  readonly found?: string
}

/** Where a trail begins whose oldest files were pruned. */
export interface Beginning {
  readonly head: Head
  /** The tree over what is gone, to which the events that are there are added. */
  readonly tree: Frontier
  readonly stubs: readonly Stub[]
  readonly faults: readonly StubFault[]
}

/**
 * Check the stubs of a trail and what follows from them. The first must speak of the first event, each
 * later one of the event behind the one before it, and the tree of each must be a tree. A line that is no
 * stub at all says nothing; what it covered then shows as missing.
 */
export function beginningOf(lines: readonly string[], tools: StubTools): Beginning {
  const faults: StubFault[] = []
  const stubs: Stub[] = []
  let head: Head = GENESIS
  let tree = new Frontier(tools.into)
  let prev = GENESIS.hash
  for (const [index, text] of lines.entries()) {
    const line = index + 1
    const stub = readStub(text)
    if (typeof stub === 'string') {
      faults.push({ kind: 'stub_line', line, message: stub })
      continue
    }
    const grown = treeOf(stub, tools.into)
    const found = [
      ...linkFaults(stub, head, prev),
      ...signatureFaults(stub, tools),
      ...(grown === undefined ? [TREE] : []),
      ...brokenFaults(stub),
    ]
    faults.push(...found.map((fault) => ({ ...fault, line })))
    stubs.push(stub)
    head = stub.last
    tree = grown ?? tree
    prev = tools.hash(text)
  }
  return { head, tree, stubs, faults }
}

const encoder = new TextEncoder()

type Found = Omit<StubFault, 'line'>

const TREE: Found = { kind: 'stub_tree', message: 'The tree of the stub is not one of its root' }

function linkFaults({ first, last, prev }: Stub, head: Head, before: string): Found[] {
  const faults: Found[] = []
  const kind = 'stub_link'
  if (prev !== before) {
    const message = 'The stub does not follow the one before it'
    faults.push({ kind, message, expected: before, found: prev })
  }
  if (first.seq !== head.seq + 1) {
    const message =
      `The stub begins with event ${first.seq}: what stands between is not accounted for`
    faults.push({ kind, message, expected: String(head.seq + 1), found: String(first.seq) })
  } else if (first.prev_hash !== head.hash) {
    const message = `What the stub stands for does not follow event ${head.seq}`
    faults.push({ kind, message, expected: head.hash, found: first.prev_hash })
  }
  if (last.seq < first.seq) faults.push({ kind, message: 'The stub ends before it begins' })
  return faults
}

function signatureFaults(stub: Stub, { isSigned }: StubTools): Found[] {
  const signature = fromBase64(stub.signature)
  const signed = signature !== undefined &&
    isSigned(stub, encoder.encode(stubText(stub)), signature)
  if (signed === true) return []
  return signed === undefined
    ? [{
      kind: 'stub_key',
      message: 'The stub is signed with a key that is not known',
      found: stub.key_id,
    }]
    : [{ kind: 'stub_signature', message: 'The signature of the stub does not fit' }]
}

function brokenFaults({ findings, first, last }: Stub): Found[] {
  if (findings === 0) return []
  const message = `Events ${first.seq} to ${last.seq} were broken when they were pruned: ` +
    `${findings} findings`
  return [{ kind: 'pruned_broken', message }]
}

/** The tree of a stub; undefined where its nodes do not give its root. */
export function treeOf({ tree, last, findings }: Stub, into: HashInto): Frontier | undefined {
  const grown = Frontier.from(tree.size, tree.nodes.map(bytesOf), into)
  if (grown === undefined || rootText(grown.root()) !== tree.root) return undefined
  // A leaf for each event, unless some were missing already.
  return tree.size === last.seq || findings > 0 ? grown : undefined
}

function bytesOf(hash: string): Uint8Array {
  const hex = hash.slice('sha256:'.length)
  return Uint8Array.from({ length: 32 }, (_, at) => parseInt(hex.slice(at * 2, at * 2 + 2), 16))
}
