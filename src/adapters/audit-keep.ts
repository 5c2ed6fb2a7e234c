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
  /** Time and number of its last event; asked only of files that may go. */
  readonly end: () => Promise<{ readonly time: number; readonly seq: number }>
}

/** Why a file goes. */
export type Reason = 'age' | 'size' | 'held too long'

/**
 * Which of the files, oldest first, go: a run from the first one, for a trail has no holes. The newest is
 * to be left out by the caller. What somebody still has to read (`heldFrom`, the lowest such `seq`) stays
 * until it is twice as old, or all of it twice as large, as is kept: one who never reads must not fill
 * the disk.
 */
export async function reasonsOf(
  files: readonly Aged[],
  newestBytes: number,
  keep: Keep,
  now: number,
  heldFrom?: number,
): Promise<readonly Reason[]> {
  let total = files.reduce((sum, { bytes }) => sum + bytes, newestBytes)
  function reasonAt(times: number, time: number): 'age' | 'size' | undefined {
    if (keep.age !== undefined && now - time > times * keep.age) return 'age'
    return keep.bytes !== undefined && total > times * keep.bytes ? 'size' : undefined
  }
  const found: Reason[] = []
  for (const file of files) {
    const { time, seq } = await file.end()
    const reason = reasonAt(1, time)
    if (reason === undefined) break
    const isHeld = heldFrom !== undefined && seq >= heldFrom
    if (isHeld && reasonAt(2, time) === undefined) break
    found.push(isHeld ? 'held too long' : reason)
    total -= file.bytes
  }
  return found
}
