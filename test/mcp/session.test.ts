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

const ping = (id: string | number) => ({ jsonrpc: '2.0', id, method: 'ping' })

test('F38 "1" and 1 are two requests, and an answer of another type is none', async () => {
  const at = stage()
  await at.say('host', ping(1), ping('1'))
  await at.say('server', result('1', { a: 'text' }), result(1, { a: 'number' }))
  assert.deepEqual(at.saidTo('host'), [result('1', { a: 'text' }), result(1, { a: 'number' })])
  await at.say('host', ping(2))
  await at.say('server', result('2', {}))
  assert.equal(at.out.host.length, 2)
  assert.match(at.notes.at(-1)!, /answered what nobody asked \(id "2"\)/)
})

test('F38 answers that nobody asked for, and second ones, end nothing and go nowhere', async () => {
  const at = stage()
  await at.say('server', result(7, {}), { jsonrpc: '2.0', id: 8, error: { code: 1, message: 'x' } })
  await at.say('host', ping(1))
  await at.say('server', result(1, { n: 1 }), result(1, { n: 2 }))
  assert.deepEqual(at.saidTo('host'), [result(1, { n: 1 })])
  await at.say('host', result(5, {}))
  assert.deepEqual(at.saidTo('server'), [ping(1)])
})

test('F38 an id that waits for its answer is not used again', async () => {
  const at = stage()
  await at.say('host', ping(1), ping(1))
  assert.equal(at.out.server.length, 1)
  assert.equal((at.saidTo('host')[0] as { id: unknown }).id, null)
})

test('a server may use the ids of the host for its own requests', async () => {
  const at = stage()
  await at.say('host', ping(1))
  await at.say('server', { jsonrpc: '2.0', id: 1, method: 'roots/list' })
  await at.say('host', result(1, { roots: [] }))
  await at.say('server', result(1, {}))
  assert.deepEqual(at.saidTo('server'), [ping(1), result(1, { roots: [] })])
  assert.deepEqual(at.saidTo('host'), [
    { jsonrpc: '2.0', id: 1, method: 'roots/list' },
    result(1, {}),
  ])
})

/** What several programs read differently; nothing of it goes on. */
const DOUBTFUL: readonly (readonly [what: string, line: string])[] = [
  ['method twice', '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}'],
  [
    'a key twice by an escape',
    '{"jsonrpc":"2.0","id":1,"method":"ping","m\\u0065thod":"tools/call"}',
  ],
  [
    'an argument twice',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":1,"a":2}}}',
  ],
  ['Method', '{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call"}'],
  ['paramſ', '{"jsonrpc":"2.0","id":1,"method":"ping","params":{},"param\u017f":{}}'],
  [
    'Name in params',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","Name":"u"}}',
  ],
  [
    '__proto__',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"__proto__":{"a":1}}}}',
  ],
  ['half a surrogate pair', '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"\\ud800"}}'],
  ['no version', '{"id":1,"method":"ping"}'],
  ['a fraction for an id', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}'],
  ['an id that no double holds', '{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}'],
  ['a list for params', '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["t"]}'],
  ['a call that is an answer', '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}'],
  ['two answers in one', '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}'],
  ['text behind it', '{"jsonrpc":"2.0","id":1,"method":"ping"} {}'],
  ['a comment', '{"jsonrpc":"2.0","id":1,/* x */"method":"ping"}'],
  ['a byte order mark', '\ufeff{"jsonrpc":"2.0","id":1,"method":"ping"}'],
  ['no end', '{"jsonrpc":"2.0","id":1,"method":"ping"'],
]

for (const [what, line] of DOUBTFUL) {
  test(`F38 ${what}: an error for the host, nothing for the server`, async () => {
    const at = stage()
    await at.say('host', line, ping('after'))
    assert.deepEqual(at.saidTo('server'), [ping('after')])
    const [answer] = at.saidTo('host') as { error: { code: number } }[]
    assert.ok([-32700, -32600].includes(answer!.error.code), JSON.stringify(answer))
  })
}

test('an answer that cannot be read is an error for whoever waits for it', async () => {
  const at = stage()
  await at.say('host', ping(1), ping(2), ping(3))
  await at.say(
    'server',
    '{"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}}',
    '{"result":{"__proto__":1},"jsonrpc":"2.0","id":2}',
  )
  const bad = new Uint8Array([
    ...new TextEncoder().encode('{"jsonrpc":"2.0","id":3,"result":"'),
    0xff,
    0x22,
    0x7d,
  ])
  const { LineReader } = await import('../../src/mcp/lines.ts')
  for (const line of new LineReader().read(new Uint8Array([...bad, 10]))) {
    await at.session.take(line, 'server')
  }
  await settled()
  const answers = at.saidTo('host') as { id: number; error: { message: string } }[]
  assert.deepEqual(answers.map(({ id }) => id), [1, 2, 3])
  for (const { error } of answers) assert.match(error.message, /The answer cannot be read/)
})

test('what a server prints beside its messages ends nothing', async () => {
  const at = stage()
  await at.say('host', ping(1))
  await at.say('server', 'Listening on stdio', '', '\u001b[31mred', result(1, {}))
  assert.deepEqual(at.saidTo('host'), [result(1, {})])
  assert.equal(at.notes.length, 2)
})

test('unknown methods and fields come through as they are', async () => {
  const at = stage()
  const odd =
    '{ "jsonrpc" : "2.0", "id":"x", "method":"vendor/thing", "params":{"n":1.10e3,"b":12345678901234567890}, "more":[1] }'
  await at.say('host', odd)
  assert.deepEqual(at.out.server, [odd])
})

test('a denied call is told as a result, and no answer of the server to it comes through', async () => {
  const at = stage(({ tool }) => tool === 'mcp__s__drop' ? denied('not that') : ALLOWED)
  await met(at, [tool('drop')])
  await at.say('host', call(1, 'drop'))
  assert.equal(at.out.server.length, 0)
  const answer = result(1, {
    content: [{ type: 'text', text: 'Denied by Rampart: not that (policy p)' }],
    isError: true,
  })
  assert.deepEqual(at.saidTo('host'), [answer])
  await at.say('server', result(1, text('done all the same')))
  assert.deepEqual(at.saidTo('host'), [answer])
})

test('or as an error, where that is asked for', async () => {
  const at = stage(({ tool }) => tool === 'mcp__s__drop' ? denied('no') : ALLOWED, {
    denials: 'error',
  })
  await met(at, [tool('drop')])
  await at.say('host', call(1, 'drop'))
  const [{ error }] = at.saidTo('host') as [{ error: { code: number; data: unknown } }]
  assert.deepEqual([error.code, error.data], [403, { policy: 'p' }])
})

test('a judge that fails denies', async () => {
  const at = stage(({ tool }) => {
    if (tool === 'mcp__s__t') throw new Error('broken')
    return ALLOWED
  })
  await met(at, [tool('t')])
  await at.say('host', call(1, 't'), ping(2))
  assert.deepEqual(at.saidTo('server'), [ping(2)])
  assert.match(at.out.host[0]!, /deciding failed \(broken\)/)
})

const BIG =
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"n":1234567890123456789}}}'

test('a number that is not what arrives is refused where it is judged', async () => {
  const at = stage()
  await met(at, [tool('t')])
  await at.say(
    'host',
    BIG,
    BIG.replace('1234567890123456789', '"1234567890123456789"').replace('"id":1', '"id":2'),
  )
  assert.match(at.out.host[0]!, /1234567890123456789 is read differently/)
  assert.equal(at.out.server.length, 1)
})

test('F38 requests beside tools/call are asked about by names of their own', async () => {
  const at = stage()
  const ask = async (method: string, params: unknown) => {
    await at.say('host', { jsonrpc: '2.0', id: method, method, params })
    return at.asked.at(-1)
  }
  assert.deepEqual(await ask('resources/read', { uri: 'file:///etc/x', _meta: { a: 1 } }), {
    tool: 'mcp__s__resources/read',
    params: { uri: 'file:///etc/x' },
  })
  for (
    const [method, params] of [
      ['prompts/get', { name: 'p' }],
      ['completion/complete', { ref: {} }],
      ['resources/subscribe', { uri: 'a:b' }],
    ] as const
  ) {
    assert.equal((await ask(method, params))?.tool, `mcp__s__${method}`)
  }
})

test('what a server asks of the host is asked about, too, and told in its own words', async () => {
  const at = stage(({ tool }) => /sampling|elicitation/.test(tool) ? denied('no') : ALLOWED)
  const from = { jsonrpc: '2.0', params: {} }
  await at.say('server', { ...from, id: 1, method: 'sampling/createMessage' }, {
    ...from,
    id: 2,
    method: 'elicitation/create',
  }, { ...from, id: 3, method: 'roots/list' })
  const [sampling, form] = at.saidTo('server') as [{ error: { code: number } }, unknown]
  assert.equal(sampling.error.code, -1)
  assert.deepEqual(form, result(2, { action: 'decline' }))
  assert.deepEqual(at.saidTo('host'), [{ ...from, id: 3, method: 'roots/list' }])
})

test('a person is waited for beside the order of messages, and progress says so', async () => {
  const question = asking()
  const at = stage(({ tool }) => tool === 'mcp__s__slow' ? question.verdict : ALLOWED)
  await met(at, [tool('slow')])
  const slow = {
    ...call(1, 'slow'),
    params: { name: 'slow', arguments: {}, _meta: { progressToken: 'p' } },
  }
  await at.say('host', slow, ping(2))
  assert.deepEqual(at.saidTo('server'), [ping(2)])
  const [progress] = at.saidTo('host') as [{ params: Record<string, unknown> }]
  assert.deepEqual(progress.params, {
    progressToken: 'p',
    progress: 1e-6,
    message: 'Waiting for a person: May it? (a1)',
  })
  question.yes()
  await settled()
  assert.deepEqual(at.saidTo('server'), [ping(2), slow])
})

test('who takes a call back while a person is asked hears no more of it, nor does the server', async () => {
  const question = asking()
  const at = stage(({ tool }) => tool === 'mcp__s__slow' ? question.verdict : ALLOWED)
  await met(at, [tool('slow')])
  const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }
  await at.say('host', call(1, 'slow'), cancel)
  question.yes()
  await settled()
  assert.deepEqual([at.out.server, at.out.host], [[], []])
  // One that has gone on is the server's to take back.
  await at.say('host', ping(2), { ...cancel, params: { requestId: 2 } })
  assert.equal(at.out.server.length, 2)
})

test('who ends its input while a person is asked is told', async () => {
  const question = asking()
  const at = stage(({ tool }) => tool === 'mcp__s__slow' ? question.verdict : ALLOWED)
  await met(at, [tool('slow')])
  await at.say('host', call(1, 'slow'))
  await at.session.hostEnded()
  assert.match(at.out.host[0]!, /nobody answered/)
  assert.equal(at.out.server.length, 0)
})
