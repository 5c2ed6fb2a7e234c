/** How much of a trail is kept; where both are given, what is reached first counts. */
export interface Keep {
  /** Milliseconds since the last event of a file. */
  readonly age?: number
  /** Bytes of all files on the disk. */
  readonly bytes?: number
}

/** One file of a trail, as far as what is kept depends on it. */
export interface Aged {
  readonly bytes: number
  /** Of its last event. */
  readonly time: number
  readonly lastSeq: number
}

/** Why a file goes; undefined for one that stays. */
export type Verdict = 'age' | 'size' | 'held too long' | undefined

/**
 * Which of the files, oldest first, go: a run from the first one, for a trail has no holes. The newest is
 * to be left out by the caller. What somebody still has to read (`heldFrom`, the lowest such `seq`) stays
 * until it is twice as old, or all of it twice as large, as is kept: one who never reads must not fill
 * the disk.
 */
export function verdicts(
  files: readonly Aged[],
  newestBytes: number,
  keep: Keep,
  now: number,
  heldFrom?: number,
): readonly Verdict[] {
  let total = files.reduce((sum, { bytes }) => sum + bytes, newestBytes)
  const found: Verdict[] = []
  for (const file of files) {
    const over = (limit: number) => ({
      age: keep.age !== undefined && now - file.time > limit * keep.age,
      size: keep.bytes !== undefined && total > limit * keep.bytes,
    })
    const once = over(1)
    if (!once.age && !once.size) break
    const isHeld = heldFrom !== undefined && file.lastSeq >= heldFrom
    const twice = over(2)
    if (isHeld && !twice.age && !twice.size) break
    found.push(isHeld ? 'held too long' : once.age ? 'age' : 'size')
    total -= file.bytes
  }
  return found
}
