import type { Atom } from './command-glob.ts'

/** What stands between two `*` of a glob. */
export interface Segment {
  readonly atoms: readonly Atom[]
  /** Its characters, where it holds nothing else. */
  readonly text: string | undefined
  /** Plain characters in front. */
  readonly lead: string
}

export function segmentsOf(atoms: readonly Atom[]): Segment[] {
  const groups: Atom[][] = [[]]
  for (const atom of atoms) {
    if (atom.kind === 'star') groups.push([])
    else groups.at(-1)!.push(atom)
  }
  return groups.map((group) => {
    let lead = ''
    for (const atom of group) {
      if (atom.kind !== 'char') break
      lead += atom.char
    }
    return { atoms: group, text: lead.length === group.length ? lead : undefined, lead }
  })
}

/**
 * The first segment begins the text, the last ends it, those between are each found as far left as they
 * can be: what a `*` takes too little of, the next one takes. Never goes back, so at most glob × text.
 */
export function matchSegments(segments: readonly Segment[], text: string): boolean {
  const first = segments[0]!
  const last = segments.at(-1)!
  const end = text.length - last.atoms.length
  if (segments.length === 1) return end === 0 && standsAt(first, text, 0)
  let at = first.atoms.length
  if (end < at || !standsAt(first, text, 0) || !standsAt(last, text, end)) return false
  for (let i = 1; i < segments.length - 1; i++) {
    const segment = segments[i]!
    at = find(segment, text, at, end)
    if (at < 0) return false
    at += segment.atoms.length
  }
  return true
}

function standsAt({ text: plain, atoms }: Segment, text: string, at: number): boolean {
  if (plain !== undefined) return text.startsWith(plain, at)
  return atoms.every((atom, i) => meets(atom, text[at + i]!))
}

/** Where it stands between two places, or -1. */
function find(segment: Segment, text: string, from: number, end: number): number {
  const { lead, atoms } = segment
  const stop = end - atoms.length
  for (let at = from; at <= stop; at++) {
    if (lead !== '') at = text.indexOf(lead, at)
    if (at < 0 || at > stop) return -1
    if (segment.text !== undefined || standsAt(segment, text, at)) return at
  }
  return -1
}

export function meets(atom: Atom, char: string): boolean {
  if (atom.kind === 'char') return atom.char === char
  if (atom.kind !== 'class') return true
  return atom.ranges.some(([from, to]) => from <= char && char <= to) !== atom.negated
}
