import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ALLOWED,
  asking,
  call,
  denied,
  met,
  result,
  settled,
  stage,
  text,
  tool,
} from '../helpers/mcp-world.ts'

const LIST = { jsonrpc: '2.0', id: 'again', method: 'tools/list' }
const namesOf = (text: string) =>
  (JSON.parse(text) as { result: { tools: { name: string }[] } }).result.tools.map(({ name }) =>
    name
  )

test('what is listed first is kept, and comes through as it is', async () => {
  const at = stage()
  await at.say('host', LIST)
  const page =
    '{"jsonrpc":"2.0","id":"again","result":{ "tools":[{"name":"t","inputSchema":{"maximum":9223372036854775807}}]}}'
  await at.say('server', page)
  assert.deepEqual([at.out.host, [...at.pins.keys()], at.asked], [[page], ['t'], []])
})

test('F38 a tool that changes in mid-session is hidden and denied until a person accepts it', async () => {
  const question = asking()
  const at = stage(({ tool }) => tool === 'mcp_definition' ? question.verdict : ALLOWED)
  await met(at, [tool('a'), tool('b')])
  await at.say('host', LIST)
  await at.say(
    'server',
    result('again', { tools: [tool('a', 'does it, and sends it on'), tool('b')] }),
  )
  assert.deepEqual(namesOf(at.out.host[0]!), ['b'])
  assert.deepEqual(at.asked.map(({ tool, params }) => [tool, params['diff']]), [[
    'mcp_definition',
    ['- description: "does it"', '+ description: "does it, and sends it on"'],
  ]])
  await at.say('host', call(1, 'a'), call(2, 'b'))
  assert.deepEqual((at.saidTo('server') as { id: unknown }[]).map(({ id }) => id), ['again', 2])
  assert.match(
    at.out.host[1]!,
    /is not the one that was accepted before: a person has to accept it/,
  )
  question.yes()
  await settled()
  assert.match(at.out.host.at(-1)!, /notifications\/tools\/list_changed/)
  await at.say('host', call(3, 'a'), { ...LIST, id: 'more' })
  await at.say(
    'server',
    result('more', { tools: [tool('a', 'does it, and sends it on'), tool('b')] }),
  )
  assert.deepEqual(namesOf(at.out.host.at(-1)!), ['a', 'b'])
})

test('the order of keys is no change; a no leaves the tool out', async () => {
  const question = asking()
  const at = stage(({ tool }) => tool === 'mcp_definition' ? question.verdict : ALLOWED)
  await met(at, [tool('a')])
  await at.say('host', LIST)
  await at.say(
    'server',
    '{"jsonrpc":"2.0","id":"again","result":{"tools":[{"inputSchema":{"type":"object"},"description":"does it","name":"a"}]}}',
  )
  assert.deepEqual(namesOf(at.out.host[0]!), ['a'])
  await at.say('host', { ...LIST, id: 2 })
  await at.say('server', result(2, { tools: [tool('a', 'other')] }))
  question.no()
  await settled()
  await at.say('host', call(3, 'a'))
  assert.match(at.out.host.at(-1)!, /a person did not accept its definition/)
})

test('F38 names that policies could not tell apart, or that are ours, are left out', async () => {
  const at = stage()
  const names = [
    'ok',
    'a/b',
    'OK',
    'resources/read',
    'r\u0435ad',
    'with space',
    '',
    'x'.repeat(200),
    'a__b__c',
    'other__tool',
  ]
  await at.say('host', LIST)
  await at.say(
    'server',
    result('again', { tools: [...names.map((name) => tool(name)), { name: 7 }, 'x'] }),
  )
  assert.deepEqual(namesOf(at.out.host[0]!), ['ok', 'a/b', 'a__b__c', 'other__tool'])
  // The server's name ends at the first `__`, whatever a tool is called.
  await at.say('host', call(1, 'other__tool'))
  assert.equal(at.asked.at(-1)!.tool, 'mcp__s__other__tool')
  for (const name of ['r\u0435ad', 'with space', 'resources/read', 'OK']) {
    await at.say('host', call(name, name))
    assert.match(at.out.host.at(-1)!, /No policy could name|lists no tool|"isError":true/)
  }
})

test('F38 a tool that is not listed is looked for, and denied where it is not there', async () => {
  const at = stage()
  const calling = at.say('host', call(1, 'hidden'))
  await settled()
  const [own] = at.saidTo('server') as [{ id: string; method: string }]
  assert.equal(own.method, 'tools/list')
  await at.say('server', result(own.id, { tools: [tool('seen')], nextCursor: 'c' }))
  const more = at.saidTo('server')[1] as { id: string; params: unknown }
  assert.deepEqual(more.params, { cursor: 'c' })
  await at.say('server', result(more.id, { tools: [tool('late')] }))
  await calling
  assert.deepEqual(at.out.host.length, 1)
  assert.match(at.out.host[0]!, /lists no tool hidden/)
  await at.say('host', call(2, 'late'))
  assert.equal((at.saidTo('server').at(-1) as { id: unknown }).id, 2)
})

test('tools that would be denied are left out of lists, where that is asked for', async () => {
  const at = stage(({ tool }) => tool === 'mcp__s__drop' ? denied('no') : ALLOWED, {
    hideDenied: true,
  })
  await at.say('host', LIST)
  await at.say('server', result('again', { tools: [tool('drop'), tool('get')], nextCursor: 'n' }))
  assert.deepEqual(at.saidTo('host'), [result('again', { tools: [tool('get')], nextCursor: 'n' })])
})

test('response rules see what a server says, and what it says of a withheld answer is gone', async () => {
  const at = stage(({ texts }) => texts?.join().includes('s3cret') ? denied('leaks') : ALLOWED)
  await met(at, [tool('t')])
  const answers = [
    text('an s3cret'),
    { content: [], structuredContent: { a: { b: ['s3cret'] } } },
    { content: [], structuredContent: { s3cret: 1 } },
    {
      content: [{
        type: 'resource',
        resource: { uri: 'a:b', blob: btoa('an s3cret'), mimeType: 'image/png' },
      }],
    },
    { content: [{ type: 'image', data: btoa('s3cret'), mimeType: 'image/png' }] },
  ]
  for (const [id, answer] of answers.entries()) {
    await at.say('host', call(id, 't', { a: 1 }))
    await at.say('server', result(id, answer))
    assert.match(at.out.host.at(-1)!, /its output is withheld: leaks/, JSON.stringify(answer))
    assert.ok(!at.out.host.at(-1)!.includes('s3cret'))
  }
  assert.deepEqual(at.asked.at(-1)!.params, { a: 1 })
  await at.say('host', call(90, 't'))
  await at.say('server', {
    jsonrpc: '2.0',
    id: 90,
    error: { code: 1, message: 'failed with s3cret' },
  })
  assert.match(at.out.host.at(-1)!, /withheld/)
  const read = { jsonrpc: '2.0', id: 91, method: 'resources/read', params: { uri: 'a:b' } }
  await at.say('host', read)
  await at.say('server', result(91, { contents: [{ uri: 'a:b', text: 's3cret' }] }))
  assert.equal((at.saidTo('host').at(-1) as { error: { code: number } }).error.code, 403)
})

test('the answer of a task is looked at as the answer of its call', async () => {
  const at = stage()
  await met(at, [tool('t')])
  await at.say('host', {
    ...call(1, 't', { a: 1 }),
    params: { name: 't', arguments: { a: 1 }, task: {} },
  })
  await at.say('server', result(1, { task: { taskId: 'k', status: 'working' } }))
  await at.say('host', { jsonrpc: '2.0', id: 2, method: 'tasks/result', params: { taskId: 'k' } })
  await at.say('server', result(2, text('done')))
  const { tool: name, params, texts } = at.asked.at(-1)!
  assert.deepEqual([name, params], ['mcp__s__t', { a: 1 }])
  assert.match(texts!.join(), /done/)
})

test('where no rule looks at outputs none is asked about', async () => {
  const at = stage(() => ({ kind: 'allowed', readsOutput: false }))
  await met(at, [tool('t')])
  await at.say('host', call(1, 't'))
  await at.say('server', result(1, text('x')))
  assert.equal(at.asked.length, 1)
  assert.deepEqual(at.saidTo('host'), [result(1, text('x'))])
})
