import type { Head } from './chain.ts'
import type { Fault } from './verify-finding.ts'

/** An event as its neighbours see it. */
export interface Linked extends Head {
  readonly prev_hash: string
}

/** What is wrong with an event behind the one before it. */
export function orderFaults(event: Linked, head: Head, line: number): Fault[] {
  const { seq, prev_hash, time } = event
  const faults: Fault[] = []
  const expected = String(head.seq + 1)
  const found = String(seq)
  if (seq === 1 && head.seq > 0) {
    const message = 'The chain starts anew here: what stands before it is cut off'
    faults.push({ kind: 'genesis', line, message, expected, found })
  } else if (seq > head.seq + 1) {
    const message = `Events ${head.seq + 1} to ${seq - 1} are missing before this one`
    faults.push({ kind: 'gap', line, message, expected, found })
  } else if (seq <= head.seq) {
    const message =
      `Event ${seq} stands behind event ${head.seq}: it was moved, repeated or inserted`
    faults.push({ kind: 'order', line, message, expected, found })
  } else if (prev_hash !== head.hash) {
    const message = head.seq === 0
      ? 'The first event does not begin a chain'
      : `The event does not follow event ${head.seq}: one of the two was replaced`
    faults.push({ kind: 'link', line, message, expected: head.hash, found: prev_hash })
  }
  if (time < head.time) {
    const message = 'The time goes back'
    faults.push({ kind: 'time_back', line, message, expected: `≥ ${head.time}`, found: time })
  }
  return faults
}
