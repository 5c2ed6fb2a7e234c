import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Json } from '../../src/engine/types.ts'
import { RampartError } from '../../src/errors.ts'
import { beginExecution } from '../../src/service/execution.ts'
import { executionBench } from '../helpers/execution.ts'
import { call } from '../helpers/service.ts'

const Row = z.strictObject({
  tool: z.string(),
  params: z.record(z.string(), z.unknown()),
  cwd: z.string().nullable().default('/w'),
  want: z.record(z.string(), z.unknown()).optional(),
  fault: z.string().optional(),
})
const url = new URL('../fixtures/service/execution-task.yaml', import.meta.url)
const rows = z.array(Row).min(40).parse(parse(readFileSync(url, 'utf8')))
const POLICIES = 'version: "1"\ndefault_action: allow\npolicies: []\n'

for (const [index, { tool, params, cwd, want, fault }] of rows.entries()) {
  test(`F39 what is executed ${index + 1}: ${tool} ${JSON.stringify(params).slice(0, 80)}`, async () => {
    const { execute, executor } = executionBench(POLICIES)
    const request = call('', {
      tool,
      params: params as Record<string, Json>,
      cwd: cwd ?? undefined,
    })
    if (want !== undefined) {
      await execute(request)
      const [task] = executor.ran
      assert.deepEqual(JSON.parse(JSON.stringify(task)), want)
      return
    }
    await assert.rejects(execute(request), (error) => {
      assert.ok(error instanceof RampartError, String(error))
      assert.equal(error.code, 'request_invalid')
      assert.equal(error.errors[0]?.pointer, fault)
      return true
    })
    assert.deepEqual(executor.ran, [])
  })
}

test('a server that was not told to executes nothing, and one that was no more than that', async () => {
  const { services, executing, executor } = executionBench(POLICIES)
  const read = call('', { tool: 'read', params: { path: '/w/x' } })
  for (
    const some of [services, { ...executing, executor: { ...executor, tools: ['exec' as const] } }]
  ) {
    await assert.rejects(beginExecution(read, {}, some), (error) => {
      const { code, errors } = error as RampartError
      assert.deepEqual([code, errors[0]?.pointer], ['forbidden', '/execute'])
      return true
    })
  }
})
