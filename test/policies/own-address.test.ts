import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { evaluate } from '../../src/engine/evaluate.ts'
import type { Json } from '../../src/engine/types.ts'
import { callOf, factsOf, goodSet } from '../helpers/engine.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const set = goodSet([
  { layer: 'builtin', file: 'self-protection.yaml', text: read('policies/self-protection.yaml') },
])

function check(tool: string, params: Record<string, Json>, expected: string): void {
  const shown = JSON.stringify(
    Object.values(params).length === 1 ? Object.values(params)[0] : params,
  )
  test(`F19 ${tool} ${shown}: ${expected}`, () => {
    const { action, message } = evaluate(set, callOf(tool, params, {}, '/w'), factsOf())
    assert.equal(action, expected, message)
  })
}

const Lines = z.strictObject({ deny: z.array(z.string()), allow: z.array(z.string()) })
const Objects = z.array(z.record(z.string(), z.json()))
const { fetch, exec, mcp } = z.strictObject({
  fetch: Lines,
  exec: Lines,
  mcp: z.strictObject({ deny: Objects, allow: Objects }),
}).parse(parse(read('test/fixtures/policies/own-address.yaml')))

for (const expected of ['deny', 'allow'] as const) {
  for (const url of fetch[expected]) check('fetch', { url }, expected)
  for (const command of exec[expected]) check('exec', { command }, expected)
  for (const params of mcp[expected]) {
    check('mcp__net__connect', params as Record<string, Json>, expected)
  }
}
