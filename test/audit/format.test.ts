import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalWithout } from '../../src/audit/canonical.ts'
import { CEF_BYTES, cefRecord } from '../../src/audit/format/cef.ts'
import { CSV_HEAD, csvRow } from '../../src/audit/format/csv.ts'
import { ocsfEvent, ocsfJson } from '../../src/audit/format/ocsf.ts'
import { otlpBody } from '../../src/audit/format/otlp.ts'
import { trailLineOf } from '../../src/audit/format/line.ts'
import { summaryOf } from '../../src/audit/format/said.ts'
import { SYSLOG_BYTES, syslogCef, syslogMessage } from '../../src/audit/format/syslog.ts'
import { FORMATS } from '../../src/audit/format/table.ts'
import { cut, cutBytes, oneLine } from '../../src/audit/format/text.ts'
import { webhookBody } from '../../src/audit/format/webhook.ts'
import { sha256 } from '../../src/adapters/hash.ts'
import {
  DEVICE,
  hostileTexts,
  lineFilledWith,
  parseCef,
  parseCsv,
  parseSyslog,
  trailLine,
} from '../helpers/formats.ts'
import { checkOcsf, checkOtlp } from '../helpers/schemas.ts'

/** Nothing but its last character may end a line, drive a terminal or turn text around. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const withoutMark = (text: string) => text.replace('\ufeff', '')

const bytes = (text: string) => new TextEncoder().encode(text).length

for (const { name, text } of hostileTexts()) {
  const line = lineFilledWith(text)

  test(`F42 CEF keeps "${name}" in its place`, () => {
    const record = cefRecord(line, DEVICE)
    assert.ok(!UNSEEN.test(record) && record.isWellFormed())
    assert.ok(bytes(record) <= CEF_BYTES, `${bytes(record)} bytes`)
    const { header, fields } = parseCef(record)
    assert.deepEqual(header.slice(1, 5), ['Rampart', 'PolicyEngine', '1.2.3', 'deny'])
    assert.equal(header[6], '8')
    assert.equal(fields.get('act'), 'deny')
    assert.equal(fields.get('outcome'), 'failure')
    assert.equal(fields.get('cs1Label'), 'Policy')
    if (text.length < 500) {
      const shown = text.split(/\r\n|\r|\n/).map(oneLine).join('\n')
      for (const key of ['suser', 'cs1', 'cs5', 'reason']) assert.equal(fields.get(key), shown, key)
      assert.equal(header[5], oneLine(text))
    }
  })

  test(`F42 syslog keeps "${name}" in its place`, () => {
    const message = syslogMessage(line, DEVICE)
    assert.ok(!UNSEEN.test(withoutMark(message)) && message.isWellFormed())
    assert.ok(bytes(message) <= SYSLOG_BYTES, `${bytes(message)} bytes`)
    const read = parseSyslog(message)
    assert.deepEqual([read.facility, read.severity, read.app], [16, 4, 'rampart'])
    assert.equal(read.data.get('agent'), cut(oneLine(cut(text, 256)), 256))
    assert.equal(read.message[0], '\ufeff')
    if (read.data.has('truncated')) {
      assert.equal(read.message.slice(1, 40), summaryOf(line.event).slice(0, 39))
    } else {
      // The copy is the event: its hash can be computed from it.
      const event = JSON.parse(read.message.slice(1))
      assert.equal(sha256(canonicalWithout(event, 'hash')), event.hash)
    }
    const cef = syslogCef(line, DEVICE)
    assert.ok(bytes(cef) <= SYSLOG_BYTES)
    assert.equal(parseCef(parseSyslog(cef).message).fields.get('act'), 'deny')
  })

  test(`F42 CSV keeps "${name}" in its cell`, () => {
    const row = csvRow(line)
    assert.ok(!UNSEEN.test(row.slice(0, -2)) && row.isWellFormed())
    const [head, cells, ...more] = parseCsv(CSV_HEAD + row)
    assert.deepEqual(more, [])
    assert.equal(cells!.length, head!.length)
    for (const cell of cells!) assert.doesNotMatch(cell, /^\s*[=+\-@|%\t\r]/)
    const told = cells![head!.indexOf('message')]
    assert.ok([oneLine(text), `'${oneLine(text)}`].includes(told!))
  })

  test(`F42 OCSF, OTLP, JSON lines and webhooks keep "${name}" as text`, () => {
    const event = ocsfEvent(line, DEVICE)
    checkOcsf(event)
    assert.equal(event['class_uid'], 2004)
    const json = ocsfJson(line, DEVICE)
    assert.ok(!json.includes('\n') && json.isWellFormed())
    const body = otlpBody([line, line], DEVICE, 5)
    assert.ok(body.isWellFormed())
    assert.equal(checkOtlp(JSON.parse(body)).length, 2)
    const exported = FORMATS.jsonl.encode(line, DEVICE)
    assert.equal(exported.indexOf('\n'), exported.length - 1)
    const batch = JSON.parse(webhookBody([line], DEVICE))
    assert.equal(sha256(canonicalWithout(batch.events[0], 'hash')), line.event.hash)
  })
}

test('F42 a cell that a spreadsheet would run begins with an apostrophe', () => {
  const cells = (text: string) => parseCsv(csvRow(lineFilledWith(text)))[0]!
  for (
    const text of ['=cmd|x', '+1', '-1', '@x', '\t=1', '\r=1', '\n=1', '  =1', '＝1', '|x', '%x']
  ) {
    assert.equal(cells(text)[7]?.[0], "'", JSON.stringify(text))
  }
  for (const text of ['a=b', '1-1', "'=1", 'x@y']) assert.equal(cells(text)[7], text)
})

test('F42 no text whatever leaves its field', () => {
  const texts = fc.string({ unit: 'binary', maxLength: 300 }).chain((a) =>
    fc.constantFrom('', '|', '=', '\\', ']', '"', '\n', '\0', '\ud800', '\u202e', ' act=')
      .map((b) => a.slice(0, 20) + b + a.slice(20))
  )
  fc.assert(fc.property(texts, (text) => {
    const line = lineFilledWith(text)
    assert.equal(parseCef(cefRecord(line, DEVICE)).fields.get('act'), 'deny')
    assert.equal(parseSyslog(syslogMessage(line, DEVICE)).data.get('action'), 'deny')
    assert.equal(parseCsv(csvRow(line)).length, 1)
    checkOcsf(ocsfEvent(line, DEVICE))
    checkOtlp(JSON.parse(otlpBody([line], DEVICE, 1)))
  }))
})

test('CEF names what it tells by the keys of the dictionary', () => {
  const { header, fields } = parseCef(cefRecord(
    trailLine({
      agent: 'claude',
      tool: 'fetch',
      request: { params: { url: 'https://x.test/?a=b' } },
      decision: { action: 'allow', policy: 'p', rule: 'p/1', message: 'fine', eval_us: 12.4 },
    }),
    DEVICE,
  ))
  assert.deepEqual(header.slice(4), ['allow', 'fine', '1'])
  const wanted = {
    rt: '1795521600000',
    act: 'allow',
    outcome: 'success',
    reason: 'fine',
    suser: 'claude',
    suid: 'admin',
    request: 'https://x.test/?a=b',
    msg: 'allow fetch: https://x.test/?a=b (fine)',
    deviceExternalId: 'abcdef0123456789',
    dvchost: 'host.test',
    cs1Label: 'Policy',
    cs1: 'p',
    cs3Label: 'Session',
    cs3: 's',
    cn1Label: 'Sequence',
    cn1: '7',
    cn2: '12',
  }
  for (const [key, value] of Object.entries(wanted)) assert.equal(fields.get(key), value, key)
  assert.equal(fields.get('externalId')?.length, 26)
  assert.ok(!fields.has('cs5') && !fields.has('cs5Label'))
})

test('severity follows the answer, and graver kinds go before it', () => {
  const rows = [
    [{ decision: { action: 'allow', eval_us: 1 } }, '1', 6, 6003, 9],
    [{ decision: { action: 'log', eval_us: 1 } }, '3', 5, 6003, 10],
    [{ decision: { action: 'require_approval', eval_us: 1 } }, '5', 5, 2004, 11],
    [{ decision: { action: 'deny', eval_us: 1 } }, '8', 4, 2004, 13],
    [{ kind: 'alert', decision: { action: 'log', eval_us: 1 } }, '10', 2, 2004, 17],
    [{ kind: 'start', decision: { action: 'start', eval_us: 1 } }, '1', 6, 6003, 9],
  ] as const
  for (const [change, cef, syslog, ocsf, otel] of rows) {
    const line = trailLine(change)
    assert.equal(parseCef(cefRecord(line, DEVICE)).header[6], cef)
    assert.equal(parseSyslog(syslogMessage(line, DEVICE)).severity, syslog)
    assert.equal(ocsfEvent(line, DEVICE)['class_uid'], ocsf)
    assert.equal(checkOtlp(JSON.parse(otlpBody([line], DEVICE, 1)))[0]!['severityNumber'], otel)
  }
})

test('an event whose time or action is none is told all the same', () => {
  const { event } = trailLine()
  const odd = {
    ...event,
    time: 'yesterday',
    decision: { action: '__proto__', eval_us: Number.NaN },
  }
  const line = { event: odd, text: JSON.stringify(odd) }
  assert.equal(parseCef(cefRecord(line, DEVICE)).fields.get('rt'), '0')
  assert.equal(parseSyslog(syslogMessage(line, DEVICE)).time, '1970-01-01T00:00:00.000Z')
  checkOcsf(ocsfEvent(line, DEVICE))
  checkOtlp(JSON.parse(otlpBody([line], DEVICE, 1)))
  assert.equal(parseCsv(csvRow(line)).length, 1)
})

test('what is cut is cut between characters', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, most) => {
    const whole = text.toWellFormed()
    assert.ok(cut(whole, most + 1).isWellFormed())
    assert.ok(cut(whole, most + 1).length <= most + 1)
    const short = cutBytes(whole, most + 3)
    assert.ok(short.isWellFormed() && bytes(short) <= most + 3)
    assert.ok(short === whole || short.endsWith('…'))
  }))
})

test('a damaged event, whatever stands in its fields, is told all the same', () => {
  const { event } = trailLine()
  const fields = fc.dictionary(fc.constantFrom(...Object.keys(event)), fc.jsonValue())
  fc.assert(fc.property(fields, fc.jsonValue(), ({ decision: _, ...change }, inner) => {
    const decision = { action: inner, message: inner, policy: inner, eval_us: inner }
    const text = JSON.stringify({ ...event, ...change, decision })
    const line = trailLineOf(text)
    if (line === undefined) return
    assert.equal(line.text, text)
    for (const { encode } of Object.values(FORMATS)) assert.ok(encode(line, DEVICE).endsWith('\n'))
    checkOcsf(ocsfEvent(line, DEVICE))
    parseSyslog(syslogMessage(line, DEVICE))
    checkOtlp(JSON.parse(otlpBody([line], DEVICE, 1)))
  }))
  checkOcsf(ocsfEvent(trailLineOf(JSON.stringify({ ...event, id: '', tool_call_id: '' }))!, DEVICE))
  const whole = trailLineOf(trailLine().text)!
  assert.deepEqual(whole.event, JSON.parse(whole.text))
})
