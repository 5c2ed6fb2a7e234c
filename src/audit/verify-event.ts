import { isSeq } from './chain.ts'
import { AUDIT_SCHEMA, type AuditEvent, type EventDecision } from './event.ts'
import { Scanner } from './verify-scan.ts'

type Shape = 'text' | 'object' | 'list' | 'switch' | 'number' | 'any'
type Row = readonly [shape: Shape, presence: 'always' | 'maybe']

/** Every member of an event; what is not here is a finding. */
const EVENT = {
  agent: ['text', 'always'],
  clock_time: ['text', 'maybe'],
  decision: ['object', 'always'],
  enforced: ['switch', 'always'],
  hash: ['text', 'always'],
  id: ['text', 'always'],
  kind: ['text', 'always'],
  links: ['list', 'maybe'],
  mode: ['text', 'always'],
  prev_hash: ['text', 'always'],
  principal: ['text', 'always'],
  request: ['any', 'always'],
  run_id: ['text', 'maybe'],
  schema: ['text', 'always'],
  seq: ['number', 'always'],
  session: ['text', 'always'],
  time: ['text', 'always'],
  tool: ['text', 'always'],
  tool_call_id: ['text', 'maybe'],
  via: ['text', 'always'],
} as const satisfies Record<keyof AuditEvent, Row>

const DECISION = {
  action: ['text', 'always'],
  effects: ['list', 'maybe'],
  eval_us: ['number', 'always'],
  message: ['text', 'maybe'],
  policy: ['text', 'maybe'],
  rule: ['text', 'maybe'],
  webhooks: ['list', 'maybe'],
} as const satisfies Record<keyof EventDecision, Row>

interface Member {
  readonly name: string
  readonly bytes: Uint8Array
  readonly shape: Shape
  readonly always: boolean
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function membersOf(rows: Readonly<Record<string, Row>>): readonly Member[] {
  return Object.entries(rows).map(([name, [shape, presence]]) => ({
    name,
    bytes: encoder.encode(name),
    shape,
    always: presence === 'always',
  })).sort((a, b) => a.name < b.name ? -1 : 1)
}

const EVENT_MEMBERS = membersOf(EVENT)
const DECISION_MEMBERS = membersOf(DECISION)

/** Where a member stands in a line. */
export const MEMBER = Object.fromEntries(
  EVENT_MEMBERS.map(({ name }, index) => [name, index]),
) as Readonly<Record<keyof AuditEvent, number>>

/** Without these a line has no place in a chain. */
const TEXTS = [MEMBER.hash, MEMBER.prev_hash, MEMBER.time, MEMBER.id, MEMBER.kind]

const SCHEMA = encoder.encode(JSON.stringify(AUDIT_SCHEMA))

/** What the values of a shape begin with. */
const BEGINS: Readonly<Record<Exclude<Shape, 'any'>, string>> = {
  text: '"',
  object: '{',
  list: '[',
  switch: 'tf',
  number: '-0123456789',
}

export interface ShapeFault {
  readonly kind: 'unknown_key' | 'missing_key' | 'value'
  readonly name: string
}

/** Reads an event off its line: whether that is canonical, and where its members stand. */
export class EventScanner extends Scanner {
  /** Start and end of each member's value; a start below 0 where there is none. */
  readonly places: Int32Array = new Int32Array(EVENT_MEMBERS.length * 2)
  /** What the members are not what they must be; empty for nearly every line. */
  faults: ShapeFault[] = []

  /** Whether the bytes are a canonical object; then `places` and `faults` tell of it. */
  line(bytes: Uint8Array, from: number, end: number): boolean {
    this.start(bytes, from, end)
    if (this.faults.length > 0) this.faults = []
    if (from >= end || bytes[from] !== 123) return this.fail('syntax')
    return this.#members(EVENT_MEMBERS, '', 0) && (this.at === end || this.fail('syntax'))
  }

  /** Whether the line has what gives an event its place; `faults` may still tell of more. */
  isEvent(): boolean {
    if (!this.#is(MEMBER.schema, SCHEMA) || this.seq() === 0) return false
    for (let i = 0; i < TEXTS.length; i++) if (!this.#begins(TEXTS[i]!, 34)) return false
    return this.#begins(MEMBER.decision, 123)
  }

  /** The number in the chain; 0 where it is none. */
  seq(): number {
    const from = this.places[MEMBER.seq * 2]!
    const to = this.places[MEMBER.seq * 2 + 1]!
    if (from < 0 || to - from > 16) return 0
    let seq = 0
    for (let at = from; at < to; at++) {
      const digit = this.bytes[at]! - 48
      if (digit < 0 || digit > 9) return 0
      seq = seq * 10 + digit
    }
    return isSeq(seq) ? seq : 0
  }

  /** The text of a member that is one. */
  text(member: number): string {
    const from = this.places[member * 2]!
    return JSON.parse(decoder.decode(this.bytes.subarray(from, this.places[member * 2 + 1])))
  }

  #begins(member: number, byte: number): boolean {
    const from = this.places[member * 2]!
    return from >= 0 && this.bytes[from] === byte
  }

  #is(member: number, value: Uint8Array): boolean {
    const from = this.places[member * 2]!
    if (from < 0 || this.places[member * 2 + 1]! - from !== value.length) return false
    for (let i = 0; i < value.length; i++) if (this.bytes[from + i] !== value[i]) return false
    return true
  }

  #members(table: readonly Member[], prefix: string, depth: number): boolean {
    const isEvent = depth === 0
    if (isEvent) this.places.fill(-1)
    this.at += 1
    let next = 0
    let last = -1
    let lastEnd = 0
    let lastPlain = true
    if (!this.takes(125)) {
      do {
        const from = this.at
        if (!this.string()) return false
        const { plain } = this
        const end = this.at
        if (last >= 0 && !this.ascends(last, lastEnd, from, end, plain && lastPlain)) return false
        last = from
        lastEnd = end
        lastPlain = plain
        if (!this.take(58)) return false
        const place = this.#find(table, next, from + 1, end - 1)
        const member = place < 0 ? undefined : table[place]
        if (member === undefined) {
          this.#note('unknown_key', prefix + decoder.decode(this.bytes.subarray(from + 1, end - 1)))
        } else {
          this.#skip(table, next, place, prefix)
          next = place + 1
          if (isEvent) this.places[place * 2] = this.at
        }
        if (!this.#member(member, prefix, depth + 1)) return false
        if (isEvent && member !== undefined) this.places[place * 2 + 1] = this.at
      } while (this.takes(44))
      if (!this.take(125)) return false
    }
    this.#skip(table, next, table.length, prefix)
    return true
  }

  #member(member: Member | undefined, prefix: string, depth: number): boolean {
    if (member !== undefined && member.shape !== 'any') {
      const byte = this.at < this.end ? this.bytes[this.at]! : 0
      const fits = BEGINS[member.shape].includes(String.fromCharCode(byte))
      if (!fits) this.#note('value', prefix + member.name)
      else if (member.name === 'decision' && depth === 1) {
        return this.#members(DECISION_MEMBERS, 'decision.', depth)
      }
    }
    return this.value(depth)
  }

  /** Where a key stands in a table from a place on; below 0 where it does not. */
  #find(table: readonly Member[], from: number, start: number, end: number): number {
    const { bytes } = this
    search: for (let place = from; place < table.length; place++) {
      const name = table[place]!.bytes
      if (name.length !== end - start) continue
      for (let i = 0; i < name.length; i++) if (name[i] !== bytes[start + i]) continue search
      return place
    }
    return -1
  }

  /** Members that were passed over and must be there. */
  #skip(table: readonly Member[], from: number, to: number, prefix: string): void {
    for (let place = from; place < to; place++) {
      if (table[place]!.always) this.#note('missing_key', prefix + table[place]!.name)
    }
  }

  /** So many are told of one line. */
  #note(kind: ShapeFault['kind'], name: string): void {
    if (this.faults.length < 10) this.faults.push({ kind, name: name.slice(0, 100) })
  }
}
