import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blocksOf, pageText } from '../docs/page.ts'
import { exec, httpBench } from '../helpers/http.ts'

test('a call says which edge and which process it was seen at', async () => {
  const { send, api } = httpBench()
  const seen = { layer: 'preload', pid: 41, parents: [40, 1] }
  for (const body of [exec('ls', seen), exec('ls', { layer: 'http' }), exec('ls')]) {
    await send('/v1/preflight/exec', { token: 'eval-token', body })
  }
  const [preload, http, none] = api.decided
  assert.deepEqual([preload?.seen, preload?.via], [seen, 'preload'])
  assert.deepEqual([http?.seen, http?.via], [undefined, 'http'])
  assert.deepEqual([none?.seen, none?.via], [undefined, 'http'])
})

test('a layer, a process or a list of parents that cannot be is refused', async () => {
  const { send, api } = httpBench()
  const bad = [
    { layer: 'kernel' },
    { pid: 0 },
    { pid: 1.5 },
    { pid: 5_000_000 },
    { parents: [0] },
    { parents: Array(65).fill(1) },
    { parents: '1' },
  ]
  for (const more of bad) {
    const answer = await send('/v1/preflight/exec', {
      token: 'eval-token',
      body: exec('ls', more),
    })
    assert.equal(answer.status, 400, JSON.stringify(more))
  }
  assert.equal(api.decided.length, 0)
})

test('the request on the page about the boundary is one', async () => {
  const { send, api } = httpBench()
  const [block] = blocksOf(pageText('docs/boundary.md')).filter(({ language }) =>
    language === 'json'
  )
  const body = JSON.parse(block!.text)
  const answer = await send('/v1/preflight/exec', { token: 'eval-token', body })
  assert.equal(answer.status, 200)
  assert.deepEqual(api.decided[0]?.seen, { layer: 'preload', pid: 41, parents: [40, 1] })
})
