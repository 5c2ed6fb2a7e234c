import type { FileOps } from './audit-ops.ts'

/** One file of the trail by its name: `YYYY-MM-DD.jsonl`, then `YYYY-MM-DD.N.jsonl`. */
export interface TrailFile {
  readonly name: string
  readonly date: string
  readonly part: number
}

const NAME = /^(\d{4}-\d\d-\d\d)(?:\.([1-9]\d{0,8}))?\.jsonl$/

export function trailFile(name: string): TrailFile | undefined {
  const match = NAME.exec(name)
  if (match === null) return undefined
  return { name, date: match[1]!, part: Number(match[2] ?? 0) }
}

export function fileName(date: string, part: number): string {
  return part === 0 ? `${date}.jsonl` : `${date}.${part}.jsonl`
}

/** The files of a trail, oldest first; `.N` sorts by number (semantics.md 28). */
export function trailFiles(names: readonly string[]): TrailFile[] {
  return names.map(trailFile).filter((file) => file !== undefined).sort(byAge)
}

function byAge(a: TrailFile, b: TrailFile): number {
  return a.date < b.date ? -1 : a.date > b.date ? 1 : a.part - b.part
}

/** A directory that changed less than this ago may have changed again unseen, ns. */
const SETTLED = 2_000_000_000n

/**
 * The newest file of a directory, asked before each append: the directory is read again only when its
 * time says that a name came or went, or is too fresh to say.
 */
export function newestFileIn(
  dir: string,
  ops: FileOps,
  now: () => number,
): () => TrailFile | undefined {
  let known: { readonly changed: bigint; readonly newest: TrailFile | undefined } | undefined
  return () => {
    const changed = ops.stat(dir)?.changed
    if (known !== undefined && changed === known.changed) return known.newest
    const newest = trailFiles(ops.list(dir)).at(-1)
    const age = BigInt(Math.trunc(now())) * 1_000_000n - (changed ?? 0n)
    known = changed !== undefined && age > SETTLED ? { changed, newest } : undefined
    return newest
  }
}
