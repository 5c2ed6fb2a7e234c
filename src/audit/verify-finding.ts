/** Everything that can be wrong with a trail, by the word that programs read. */
export const FINDING_KINDS = [
  'file',
  'unterminated',
  'too_long',
  'utf8',
  'not_event',
  'canonical',
  'duplicate_key',
  'unknown_key',
  'missing_key',
  'value',
  'hash',
  'time',
  'time_back',
  'genesis',
  'gap',
  'order',
  'link',
  'anchor_line',
  'anchor_signature',
  'anchor_key',
  'anchor_order',
  'anchor_hash',
  'anchor_root',
  'anchor_file',
  'anchor_missing',
  'cut',
  'stub_line',
  'stub_link',
  'stub_key',
  'stub_signature',
  'stub_tree',
  'pruned_broken',
  'archive',
  'unlisted',
] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

/** One thing that is not what was written. */
export interface Fault {
  readonly kind: FindingKind
  /** From 1; 0 means the file as a whole. */
  readonly line: number
  readonly message: string
  readonly expected?: string
  readonly found?: string
}

/** One place where the trail is not what was written. */
export interface Finding extends Fault {
  readonly file: string
}

/** Most findings that are listed: after so many the trail is known to be in pieces. */
export const MOST_FINDINGS = 1000

/** A list that stays short: what goes beyond it is counted. */
export class Faults<T> {
  readonly list: T[] = []
  untold = 0

  add(fault: T): void {
    if (this.list.length < MOST_FINDINGS) this.list.push(fault)
    else this.untold += 1
  }
}

/** Two texts from where they begin to differ, short enough to be shown. */
export function difference(
  expected: string,
  found: string,
): { readonly expected: string; readonly found: string } {
  let at = 0
  while (at < expected.length && expected[at] === found[at]) at += 1
  const from = Math.max(0, at - 20)
  const excerpt = (text: string) => `${from > 0 ? '…' : ''}${text.slice(from, at + 60)}`
  return { expected: excerpt(expected), found: excerpt(found) }
}
