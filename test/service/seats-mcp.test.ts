import assert from 'node:assert/strict'
import { test } from 'node:test'
import { approve, poll, scene } from '../helpers/seats.ts'

const MCP = `
version: "1"
default_action: allow
policies:
  - name: m
    match: {tool: mcp}
    rules:
      - {action: deny, when: {tool_param_matches: {to: "evil*"}}, message: "No."}
      - {action: require_approval, when: {tool_param_matches: {to: "*"}}, message: "Ask"}
      - {action: deny, when: {call_count: {tool: mcp__a__ping, gte: 2, window: 1m}}}
`

test('F11 a call of an MCP tool that the hook had answered is not asked about by the proxy', async () => {
  const one = scene({}, MCP)
  const mail = { tool: 'mcp__a__mail', params: { to: 'ann', n: [1, { b: 2, a: 1 }] } }
  // The hook 11 of the agent 10; the proxy 20 is a child of the agent, a stranger 91 is not.
  const hook = (change = {}) => one.hook('', { ...mail, ...change })
  const proxy = (change = {}, pid = 20) =>
    one.exec([], pid, { ...mail, seen: { layer: 'mcp', pid }, ...change })
  const asked = await hook()
  assert.equal(asked.decision, 'require_approval')
  await approve(one, asked.approval_id!)
  assert.equal((await poll(one, asked.approval_id!)).status, 'approved')

  assert.equal((await proxy({}, 91)).allowed, false, 'no child of the host')
  assert.equal(
    (await proxy({ params: { ...mail.params, to: 'bob' } })).allowed,
    false,
    'other arguments',
  )
  assert.equal((await proxy({ tool: 'mcp__b__mail' })).allowed, false, 'another server')
  // A text may be a path, and is another file there.
  assert.equal((await proxy({ cwd: '/elsewhere' })).allowed, false, 'another directory')
  const through = await proxy({ params: { n: [1, { a: 1, b: 2 }], to: 'ann' } })
  assert.deepEqual([through.allowed, through.approval_id], [true, undefined])
  assert.equal((await proxy()).allowed, false, 'once')
})

test('F11 an MCP call seen twice is counted once, and what is denied by now is denied', async () => {
  const one = scene({}, MCP)
  const ping = { tool: 'mcp__a__ping', params: {} }
  const proxy = () => one.exec([], 20, { ...ping, seen: { layer: 'mcp', pid: 20 } })
  assert.equal((await one.hook('', ping)).allowed, true)
  const counted = [...one.counted]
  assert.notEqual(counted.length, 0)
  assert.equal((await proxy()).allowed, true)
  assert.deepEqual(one.counted, counted)
  assert.equal((await proxy()).allowed, false, 'the second call')
})

test('F11 a yes that the proxy polls for is spent when it asks again, and leaves no seat', async () => {
  const one = scene({}, MCP)
  const mail = { tool: 'mcp__a__mail', params: { to: 'ann' } }
  const proxy = () => one.exec([], 20, { ...mail, seen: { layer: 'mcp', pid: 20 } })
  const asked = await proxy()
  await approve(one, asked.approval_id!)
  assert.equal((await poll(one, asked.approval_id!)).status, 'approved')
  assert.equal((await proxy()).allowed, true)
  assert.equal((await proxy()).allowed, false, 'once')
  assert.equal((await one.hook('', mail)).allowed, false, 'no seat for a hook')
})
