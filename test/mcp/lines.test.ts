import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Line, LINE_LIMIT, LineReader } from '../../src/mcp/lines.ts'
import { Session } from '../../src/mcp/session.ts'
import { call, met, result, settled, stage, text, tool } from '../helpers/mcp-world.ts'
import { runs } from '../helpers/runtime.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** A text cut into pieces at these places. */
function cut(whole: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (whole.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((from, index) => whole.slice(from, at[index] ?? whole.length))
}

const method = fc.constantFrom('ping', 'vendor/x', 'logging/setLevel', 'tasks/get')
const value = fc.jsonValue({ maxDepth: 2 }).filter((one) =>
  !JSON.stringify(one).includes('__proto__')
)
const whole = (text: string) => (text as { isWellFormed?: () => boolean } & string).isWellFormed!()
const message = fc.oneof(
  fc.record({ id: fc.oneof(fc.uuid(), fc.maxSafeInteger()), method }),
  fc.record({ method: fc.constantFrom('notifications/progress', 'notifications/message') }),
).chain((one) => value.map((data) => ({ jsonrpc: '2.0', ...one, params: { data } })))
const messages = fc.uniqueArray(message, { selector: (one) => 'id' in one ? String(one.id) : one })

test('law: messages of both sides arrive unchanged and in order, however they are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      messages,
      messages,
      fc.array(fc.nat(), { maxLength: 20 }),
      async (up, down, places) => {
        const at = stage()
        const texts = { host: up, server: down }
        for (const from of ['host', 'server'] as const) {
          const lines = texts[from].map((one) => JSON.stringify(one)).filter(whole)
          const reader = new LineReader()
          for (const piece of cut(bytes(lines.map((line) => `${line}\n`).join('')), places)) {
            for (const line of reader.read(piece)) await at.session.take(line, from)
          }
          await settled()
          assert.deepEqual(at.out[from === 'host' ? 'server' : 'host'], lines)
        }
      },
    ),
    { numRuns: runs(100) },
  )
})

test('law: answers reach whoever asked, in the order in which they come', async () => {
  const ids = fc.uniqueArray(fc.oneof(fc.nat(), fc.nat().map(String)), {
    minLength: 1,
    maxLength: 20,
    selector: (id) => `${typeof id}${id}`,
  })
  const orders = ids.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list)))
  await fc.assert(
    fc.asyncProperty(orders, async ([asked, answered]) => {
      const at = stage()
      await at.say('host', ...asked.map((id) => ({ jsonrpc: '2.0', id, method: 'ping' })))
      await at.say('server', ...answered.map((id) => result(id, { id })))
      assert.deepEqual(at.saidTo('host'), answered.map((id) => result(id, { id })))
    }),
    { numRuns: runs(100) },
  )
})

test('a line of 64 MiB is not kept, and whoever waits for it is told', async () => {
  const at = stage()
  await at.say('host', { jsonrpc: '2.0', id: 'big', method: 'vendor/big' }, {
    jsonrpc: '2.0',
    id: 2,
    method: 'ping',
  })
  const reader = new LineReader()
  const piece = new Uint8Array(1 << 20).fill(97)
  const lines: Line[] = [...reader.read(bytes('{"result":{"a":"'))]
  for (let mib = 0; mib < 64; mib++) lines.push(...reader.read(piece))
  assert.deepEqual(lines, [])
  const held = JSON.stringify(reader)
  assert.ok(held.length < 10_000)
  for (const line of reader.read(bytes('"},"jsonrpc":"2.0","id":"big"}\n'))) {
    await at.session.take(line, 'server')
  }
  await at.say('server', result(2, {}))
  const [failed, next] = at.saidTo('host') as [{ id: unknown; error: { message: string } }, unknown]
  assert.deepEqual([failed.id, next], ['big', result(2, {})])
  assert.match(failed.error.message, /too long/)
})

test('a message of 10 MiB comes through as it is, one above the limit is refused', async () => {
  const at = stage()
  await met(at, [tool('t')])
  const big = (id: number, mib: number) =>
    JSON.stringify(call(id, 't', { text: 'x'.repeat(mib << 20) }))
  const texts = [big(1, 10), big(2, 17), big(3, 0)]
  await at.say('host', ...texts)
  assert.ok(at.out.server[0] === texts[0] && at.out.server[1] === texts[2])
  assert.match(at.out.host[0]!, /"id":2,"error":.*It is too long/)
  const said = JSON.stringify(result(1, text('y'.repeat(10 << 20))))
  await at.say('server', said)
  assert.ok(at.out.host[1] === said)
})

test('whoever reads slowly slows down whoever writes', async () => {
  const read = Promise.withResolvers<void>()
  const heard: string[] = []
  const world = stage()
  const at = new Session({
    ...world.world,
    toHost: async (text) => {
      await read.promise
      heard.push(text)
    },
  }, world.options)
  const line = { text: '{"jsonrpc":"2.0","method":"notifications/message"}' }
  let taken = 0
  const writing = (async () => {
    for (; taken < 500; taken++) await at.take(line, 'server')
  })()
  await settled()
  assert.ok(taken < 100, `${taken} were taken`)
  read.resolve()
  await writing
  await at.serverEnded()
  assert.equal(heard.length, 500)
})

test('a line is as long as its limit and no longer', () => {
  const small = new LineReader(8)
  assert.deepEqual(
    small.read(bytes('12345678\n123456789\n\n \n1\n')).map((line) =>
      'text' in line ? line.text : line.fault
    ),
    ['12345678', 'length', '1'],
  )
  assert.deepEqual(small.end(), [])
  small.read(bytes('rest'))
  assert.deepEqual(small.end(), [{ text: 'rest' }])
  assert.equal(LINE_LIMIT, 16 << 20)
})

test('bytes that are no UTF-8 are no text, wherever they are cut', () => {
  const reader = new LineReader()
  const snowman = bytes('\u2603')
  assert.deepEqual(reader.read(snowman.slice(0, 2)), [])
  assert.deepEqual(reader.read(new Uint8Array([...snowman.slice(2), 10])), [{ text: '\u2603' }])
  const [line] = reader.read(new Uint8Array([0xc0, 0xaf, 10]))
  assert.equal('fault' in line! && line.fault, 'encoding')
})
