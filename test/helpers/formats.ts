import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { GENESIS, sealEvent } from '../../src/audit/chain.ts'
import type { EventDraft } from '../../src/audit/event.ts'
import type { Device, TrailLine } from '../../src/audit/format/said.ts'
import { sha256 } from '../../src/adapters/hash.ts'
import { draft } from './audit.ts'

export const DEVICE: Device = { host: 'host.test', id: 'abcdef0123456789', version: '1.2.3' }

interface Hostile {
  readonly name: string
  readonly text: string
}

interface Row {
  readonly name: string
  readonly text?: string
  readonly escaped?: string
  readonly repeat?: number
}

/** Every hostile text, at its full length. */
export function hostileTexts(): readonly Hostile[] {
  const path = new URL('../fixtures/audit/hostile-strings.json', import.meta.url)
  const rows = JSON.parse(readFileSync(path, 'utf8')) as Row[]
  // Half characters stand there as escapes of escapes: a tool that reads JSON refuses them.
  return rows.map(({ name, text, escaped, repeat = 1 }) => ({
    name,
    text: (text ?? JSON.parse(`"${escaped}"`) as string).repeat(repeat),
  }))
}

/** A line of a trail, whose every text a test may choose. */
export function trailLine(change: Partial<EventDraft> = {}, seq = 7): TrailLine {
  const { event, line } = sealEvent(
    draft(change),
    { ...GENESIS, seq: seq - 1 },
    sha256,
  )
  return { event, text: line.replace(/\n$/, '') }
}

/** The same text in every place that an agent or a policy fills; a long one in some of them. */
export function lineFilledWith(text: string): TrailLine {
  if (text.length > 100_000) {
    return trailLine({
      agent: text,
      request: { params: { command: text } },
      decision: { action: 'deny', policy: 'p', message: text, eval_us: 3 },
    })
  }
  return trailLine({
    agent: text,
    session: text,
    run_id: text,
    tool_call_id: text,
    tool: text,
    request: { params: { command: text } },
    decision: { action: 'deny', policy: text, rule: text, message: text, eval_us: 3 },
    principal: text,
  })
}

/** RFC 4180, strictly: rows of cells; throws for a stray quote or a row that does not end in CRLF. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length) {
    if (text[at] === '"') {
      let cell = ''
      at += 1
      for (;;) {
        const end = text.indexOf('"', at)
        assert.ok(end >= 0, 'a cell is not closed')
        cell += text.slice(at, end)
        at = end + 1
        if (text[at] !== '"') break
        cell += '"'
        at += 1
      }
      row.push(cell)
    } else {
      const end = text.slice(at).search(/[,\r\n"]/) + at
      row.push(text.slice(at, end))
      at = end
    }
    if (text[at] === ',') at += 1
    else {
      assert.equal(text.slice(at, at + 2), '\r\n', `a row does not end in CRLF at ${at}`)
      rows.push(row)
      row = []
      at += 2
    }
  }
  assert.deepEqual(row, [], 'the last row is not ended')
  return rows
}

export interface Cef {
  readonly header: readonly string[]
  readonly fields: ReadonlyMap<string, string>
}

/** CEF, strictly: seven header fields, then `key=value` where only `\\ \= \n \r` are escapes. */
export function parseCef(record: string): Cef {
  const header: string[] = []
  let field = ''
  let at = 0
  for (; header.length < 7; at++) {
    const unit = record[at]
    assert.ok(unit !== undefined, 'the header ends early')
    if (unit === '\\') {
      at += 1
      assert.match(record[at] ?? '', /[\\|]/, 'an escape that the header does not have')
      field += record[at]
    } else if (unit === '|') {
      header.push(field)
      field = ''
    } else field += unit
  }
  assert.equal(header[0], 'CEF:0')
  return { header, fields: fieldsOf(record.slice(at)) }
}

function fieldsOf(extension: string): Map<string, string> {
  const fields = new Map<string, string>()
  const starts = [...extension.matchAll(/(?:^| )([A-Za-z0-9]+)=/g)]
  for (const [index, start] of starts.entries()) {
    const from = start.index + start[0].length
    const raw = extension.slice(from, starts[index + 1]?.index ?? extension.length)
    assert.match(raw, /^(?:[^\\=]|\\[\\=nr])*$/s, `${start[1]} has a bare = or \\`)
    assert.ok(!fields.has(start[1]!), `${start[1]} stands twice`)
    const ends: Readonly<Record<string, string>> = { n: '\n', r: '\r' }
    fields.set(start[1]!, raw.replaceAll(/\\(.)/g, (_, unit: string) => ends[unit] ?? unit))
  }
  return fields
}

export interface Syslog {
  readonly facility: number
  readonly severity: number
  readonly time: string
  readonly host: string
  readonly app: string
  readonly msgid: string
  readonly data: ReadonlyMap<string, string>
  readonly message: string
}

const HEAD =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) /

/** RFC 5424, strictly. */
export function parseSyslog(text: string): Syslog {
  const head = HEAD.exec(text)
  assert.ok(head, `no head: ${text.slice(0, 80)}`)
  const priority = Number(head[1])
  assert.ok(priority <= 191)
  const data = new Map<string, string>()
  let at = head[0].length
  if (text[at] === '-') at += 1
  else {
    const id = /^\[([\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32})/.exec(text.slice(at))
    assert.ok(id, 'no id of structured data')
    at += id[0].length
    const parameter = / ([\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32})="((?:[^"\\\]]|\\["\\\]])*)"/y
    for (;;) {
      parameter.lastIndex = at
      const found = parameter.exec(text)
      if (found === null) break
      data.set(found[1]!, found[2]!.replaceAll(/\\(["\\\]])/g, '$1'))
      at += found[0].length
    }
    assert.equal(text[at], ']', `structured data does not end at ${at}: ${text.slice(at, at + 40)}`)
    at += 1
  }
  assert.ok(at === text.length || text[at] === ' ', 'no blank before the message')
  return {
    facility: priority >> 3,
    severity: priority & 7,
    time: head[2]!,
    host: head[3]!,
    app: head[4]!,
    msgid: head[6]!,
    data,
    message: text.slice(at + 1),
  }
}
