import { canonicalJson, canonicalWithout } from '../audit/canonical.ts'
import { GENESIS, type HashText, type Head } from '../audit/chain.ts'
import type { AuditEvent } from '../audit/event.ts'
import { readEvent } from '../audit/read.ts'

/** What a batch of a node's trail does to the copy of it that ends with `head`. */
export type Taken =
  | {
    readonly kind: 'taken'
    /** Those that the copy does not hold yet. */
    readonly lines: readonly string[]
    readonly head: Head
    /** Events that should stand before them and never came. */
    readonly missing: { readonly from: number; readonly to: number } | undefined
  }
  /** Nothing new. */
  | { readonly kind: 'known' }
  /** Event `seq` is another than the one that was shipped before: the node's past was rewritten. */
  | { readonly kind: 'forked'; readonly seq: number }
  /** The line of the batch, from 0, that is no event of this chain. */
  | { readonly kind: 'unreadable'; readonly line: number }

/**
 * Judge lines of a trail against the end of the copy. They come in order, some perhaps again; whole, each
 * with its own hash and the hash of the one before it. What came once is never changed by what comes later.
 */
export function takeLines(head: Head, texts: readonly string[], hash: HashText): Taken {
  const events: AuditEvent[] = []
  for (const [line, text] of texts.entries()) {
    const event = readEvent(text)
    const before = events.at(-1)
    const follows = before === undefined ||
      (event?.seq === before.seq + 1 && event.prev_hash === before.hash)
    if (event === undefined || !follows || !isOwn(event, text, hash)) {
      return { kind: 'unreadable', line }
    }
    events.push(event)
  }
  const fork = forkIn(head, events)
  if (fork !== undefined) return { kind: 'forked', seq: fork }
  const fresh = events.findIndex(({ seq }) => seq > head.seq)
  const first = events[fresh]
  if (first === undefined) return { kind: 'known' }
  const { seq, hash: own, time } = events.at(-1)!
  return {
    kind: 'taken',
    lines: texts.slice(fresh),
    head: { seq, hash: own, time },
    missing: first.seq === head.seq + 1 ? undefined : { from: head.seq + 1, to: first.seq - 1 },
  }
}

/** Where the chain that comes is another than the one that is held. */
function forkIn({ seq, hash }: Head, events: readonly AuditEvent[]): number | undefined {
  if (events.some((event) => event.seq === seq && event.hash !== hash)) return seq
  const next = events.find((event) => event.seq === seq + 1)
  return next !== undefined && next.prev_hash !== hash ? seq : undefined
}

/** What a node says of the end of its own trail, beside the copy: undefined where they go together. */
export function forkAt(
  copy: Head,
  own: { readonly seq: number; readonly hash: string },
): number | undefined {
  if (own.seq < copy.seq) return own.seq + 1
  return own.seq === copy.seq && own.hash !== copy.hash && copy.seq > GENESIS.seq
    ? own.seq
    : undefined
}

/** The line is the canonical bytes, as the trail writes them, and its hash is that of them. */
function isOwn(event: AuditEvent, text: string, hash: HashText): boolean {
  try {
    return canonicalJson(event) === text && hash(canonicalWithout(event, 'hash')) === event.hash
  } catch {
    return false
  }
}
