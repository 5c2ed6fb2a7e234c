import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALLOWED, call, denied, met, stage, tool } from '../helpers/mcp-world.ts'

const ping = (id: string | number) => ({ jsonrpc: '2.0', id, method: 'ping' })

test('a batch goes on as one, without what is denied', async () => {
  const at = stage(({ tool }) => tool === 'mcp__s__bad' ? denied('no') : ALLOWED)
  await met(at, [tool('bad'), tool('good')], '2025-03-26')
  const good = JSON.stringify(call('a,]}"[', 'good', { x: '[{' }))
  await at.say('host', `[ ${JSON.stringify(ping(1))} , ${good},${JSON.stringify(call(2, 'bad'))}]`)
  assert.deepEqual(at.out.server, [`[${JSON.stringify(ping(1))},${good}]`])
  assert.match(at.out.host[0]!, /^\[\{"jsonrpc":"2\.0","id":2,.*Denied/)
})

test('batches in other versions, empty ones and those in batches are no messages', async () => {
  for (const version of ['2025-06-18', '2024-11-05']) {
    const at = stage()
    await met(at, [], version)
    await at.say('host', `[${JSON.stringify(ping(1))}]`)
    assert.equal(at.out.server.length, 0)
    assert.match(at.out.host[0]!, /Batches belong to version 2025-03-26/)
  }
  const at = stage()
  await met(at, [], '2025-03-26')
  await at.say('host', '[]', `[[${JSON.stringify(ping(1))}]]`, `[${'1,'.repeat(200)}1]`)
  assert.deepEqual(at.out.server, [])
  assert.equal(at.out.host.length, 3)
})

test('an id that comes twice in one batch goes on once', async () => {
  const at = stage()
  await met(at, [], '2025-03-26')
  await at.say('host', [ping(1), ping(1)])
  assert.deepEqual(at.out.server, [`[${JSON.stringify(ping(1))}]`])
})

test('answers in a batch are looked at one by one', async () => {
  const at = stage(({ texts }) => texts?.join().includes('leak') ? denied('leaks') : ALLOWED)
  await met(at, [tool('t')], '2025-03-26')
  await at.say('host', [call(1, 't'), call(2, 't')])
  const said = (id: number, text: string) => ({
    jsonrpc: '2.0',
    id,
    result: { content: [{ type: 'text', text }] },
  })
  await at.say('server', [said(1, 'a leak'), said(2, 'fine'), said(3, 'never asked')])
  const [answers] = at.saidTo('host') as [{ id: number; result: { isError?: boolean } }[]]
  assert.deepEqual(answers.map(({ id, result }) => [id, result.isError ?? false]), [[1, true], [
    2,
    false,
  ]])
})
