import { canonicalJson, canonicalWithout } from './canonical.ts'
import { GENESIS, type HashText, type Head, isTime } from './chain.ts'
import type { AuditEvent } from './event.ts'
import { readEvent } from './read.ts'

/** One place where the trail is not what was written. */
export interface Finding {
  readonly file: string
  /** From 1; 0 means the file as a whole. */
  readonly line: number
  readonly message: string
}

export interface Verified {
  readonly events: number
  readonly head: { readonly seq: number; readonly hash: string }
  readonly findings: readonly Finding[]
}

/** Takes the lines of a trail in order and says where it was changed. Holds no more than one line. */
export interface Verifier {
  /** The lines that follow stand in this file. */
  file(name: string): void
  /** A line without its line feed; undefined when its bytes are not UTF-8 or far too many. */
  line(text: string | undefined, terminated: boolean): void
  finding(message: string): void
  end(): Verified
}

/** Most findings that are listed: after so many the trail is known to be in pieces. */
const MOST = 1000

/**
 * Every line must be the canonical bytes of an event, whose hash fits them, that follows the line before
 * it in number, hash and time (semantics.md 29). After a finding it goes on from what the line claims,
 * so that one change is not reported all the way down.
 */
export function createVerifier(hash: HashText): Verifier {
  const findings: Finding[] = []
  let file = ''
  let number = 0
  let events = 0
  let untold = 0
  let head: Head = GENESIS

  function finding(message: string): void {
    if (findings.length < MOST) findings.push({ file, line: number, message })
    else untold += 1
  }

  function end(): Verified {
    const all = untold === 0
      ? findings
      : [...findings, { file, line: 0, message: `${untold} more findings are not listed` }]
    return { events, head: { seq: head.seq, hash: head.hash }, findings: all }
  }

  return {
    file(name) {
      file = name
      number = 0
    },
    line(text, terminated) {
      number += 1
      const event = text === undefined ? undefined : readEvent(text)
      if (!terminated) finding('The line has no end: it was cut, or is still being written')
      if (text === undefined) return finding('The line is not UTF-8 text of a possible length')
      if (event === undefined) return finding('The line is not an event of this trail')
      events += 1
      for (const message of [...inItself(text, event, hash), ...inOrder(event, head)]) {
        finding(message)
      }
      head = { seq: event.seq, hash: event.hash, time: event.time }
    },
    finding,
    end,
  }
}

/** What is wrong with a line, whatever stands around it. */
function inItself(text: string, event: AuditEvent, hash: HashText): string[] {
  const faults: string[] = []
  if (!isCanonical(text, event)) {
    faults.push('The line is not in canonical form: blanks, keys or values were changed')
  }
  if (hashOf(event, hash) !== event.hash) {
    faults.push('The hash does not fit: the event was changed')
  }
  if (!isTime(event.time)) faults.push('The time is not in RFC 3339 with milliseconds, UTC')
  return faults
}

function isCanonical(text: string, event: AuditEvent): boolean {
  try {
    return canonicalJson(event) === text
  } catch {
    return false
  }
}

function hashOf(event: AuditEvent, hash: HashText): string | undefined {
  try {
    return hash(canonicalWithout(event, 'hash'))
  } catch {
    return undefined
  }
}

/** What is wrong with a line behind the one before it. */
function inOrder(event: AuditEvent, head: Head): string[] {
  const { seq, prev_hash } = event
  const faults: string[] = []
  if (seq === 1 && head.seq > 0) {
    faults.push('The chain starts anew here: what stands before it is cut off')
  } else if (seq > head.seq + 1) {
    faults.push(`Events ${head.seq + 1} to ${seq - 1} are missing before this one`)
  } else if (seq <= head.seq) {
    faults.push(`Event ${seq} stands behind event ${head.seq}: it was moved, repeated or inserted`)
  } else if (prev_hash !== head.hash) {
    faults.push(`The event does not follow event ${head.seq}: one of the two was replaced`)
  }
  if (event.time < head.time) faults.push('The time goes back')
  return faults
}
