import { canonicalJson } from './canonical.ts'
import type { AuditEvent } from './event.ts'
import { difference, type Fault, type FindingKind } from './verify-finding.ts'
import type { ScanReason } from './verify-scan.ts'

/** What a line is accused of whose bytes are not canonical. */
export const KIND_OF: Readonly<Record<ScanReason, FindingKind>> = {
  syntax: 'canonical',
  utf8: 'utf8',
  blank: 'canonical',
  escape: 'canonical',
  number: 'canonical',
  key_order: 'canonical',
  duplicate_key: 'duplicate_key',
  depth: 'canonical',
}

/** A line beside what it must be. */
export function writtenAs(event: AuditEvent, text: string): Partial<Fault> {
  try {
    return difference(canonicalJson(event), text)
  } catch {
    return {}
  }
}

/** What is wrong with a member, in words. */
export function wordsOf(kind: FindingKind, name: string): [string, Partial<Fault>] {
  const words: Partial<Record<FindingKind, string>> = {
    unknown_key: `No event has a member "${name}": it was added`,
    missing_key: `The member "${name}" is missing`,
    value: `The member "${name}" is of another kind`,
  }
  return [words[kind]!, { found: name }]
}
