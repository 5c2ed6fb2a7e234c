import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { exec, httpBench } from '../helpers/http.ts'

interface Case {
  readonly name: string
  readonly body?: string
  readonly hex?: string
  readonly repeat?: readonly [string, string, number, string]
  readonly type?: string
  readonly coding?: string
  readonly status: number
  readonly code: string
  readonly pointer?: string
}

const { cases } = parse(
  readFileSync(new URL('../fixtures/http/bad-input.yaml', import.meta.url), 'utf8'),
) as { cases: readonly Case[] }

function bodyOf({ body, hex, repeat }: Case): Uint8Array {
  if (hex !== undefined) {
    return Uint8Array.from(hex.replaceAll(' ', '').match(/../g)!, (two) => parseInt(two, 16))
  }
  const text = repeat === undefined ? body! : repeat[0] + repeat[1].repeat(repeat[2]) + repeat[3]
  return new TextEncoder().encode(text)
}

for (const each of cases) {
  test(`bad input is refused in place: ${each.name}`, async () => {
    const { send, api } = httpBench()
    const got = await send('/v1/tool/exec', {
      body: bodyOf(each),
      headers: {
        ...(each.type === undefined ? {} : { 'content-type': each.type }),
        ...(each.coding === undefined ? {} : { 'content-encoding': each.coding }),
      },
    })
    assert.equal(got.status, each.status, got.text)
    assert.equal(got.headers.get('content-type'), 'application/problem+json')
    assert.equal(got.json.code, each.code)
    assert.equal(got.json.status, each.status)
    if (each.pointer !== undefined) {
      const pointers = got.json.errors.map(({ pointer }: { pointer: string }) => pointer)
      assert.ok(pointers.includes(each.pointer), JSON.stringify(pointers))
    }
    assert.equal(api.decided.length, 0, 'nothing reached the service')
  })
}

test('a million unknown keys are answered with a short document', async () => {
  const { send } = httpBench()
  const keys = Array.from({ length: 50_000 }, (_, index) => `"k${index}":0`).join(',')
  const got = await send('/v1/tool/exec', { body: `{${keys}}` })
  assert.equal(got.status, 400)
  assert.ok(got.text.length < 10_000, `${got.text.length}`)
})

test('8 MiB pass where a response comes along, 1 MiB where none does', async () => {
  const { send, api } = httpBench()
  const response = 'a'.repeat((8 << 20) - 200)
  assert.equal((await send('/v1/tool/exec', { body: exec('ls', { response }) })).status, 403)
  assert.equal(api.decided[0]?.response?.length, response.length)
  const command = 'a'.repeat((1 << 20) - 200)
  assert.equal((await send('/v1/tool/exec', { body: exec(command) })).status, 403)
})

test('a body without end is cut off at the limit', async () => {
  const { send } = httpBench()
  let pulled = 0
  const body = new ReadableStream({
    pull(controller) {
      pulled += 1 << 16
      controller.enqueue(new Uint8Array(1 << 16).fill(0x20))
    },
  })
  assert.equal((await send('/v1/approvals/X/resolve', { body })).status, 413)
  assert.ok(pulled < 2 << 20, `${pulled}`)
})

test("a body that breaks off is the caller's fault, not a defect", async () => {
  const { send, logged } = httpBench()
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{'))
      controller.error(new Error('gone'))
    },
  })
  assert.equal((await send('/v1/tool/exec', { body })).status, 400)
  assert.deepEqual(logged, [])
})

const NAMES: readonly (readonly [string, number, string?])[] = [
  ['exec', 403, 'exec'],
  ['ex%65c', 403, 'exec'],
  ['mcp__a__b', 403, 'mcp__a__b'],
  ['mcp__a%2Fb__c', 403, 'mcp__a/b__c'],
  ['%2561', 403, '%61'],
  ['%ff', 400],
  ['%', 400],
  ['%zz', 400],
  ['', 404],
  ['a/b', 404],
]

for (const [name, status, tool] of NAMES) {
  test(`a tool name is decoded once and strictly: "${name}"`, async () => {
    const { send, api } = httpBench()
    const got = await send(`/v1/tool/${name}`, { body: exec('ls') })
    assert.equal(got.status, status, got.text)
    assert.equal(api.decided[0]?.tool, tool)
  })
}
