import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { judged } from '../fuzz/judge.ts'

const Case = z.strictObject({
  name: z.string(),
  tool: z.string().default('exec'),
  front: z.string().default(''),
  unit: z.string(),
  times: z.int(),
  behind: z.string(),
  standard: z.enum(['allow', 'require_approval', 'deny', 'refused']),
  unresolved: z.array(z.string()).optional(),
})

const file = new URL('../fixtures/intercept/bounds.yaml', import.meta.url)
const cases = z.array(Case).min(15).parse(parse(readFileSync(file, 'utf8')))

for (const { name, tool, front, unit, times, behind, standard, unresolved } of cases) {
  test(name, () => {
    const { action, call } = judged(tool, front + unit.repeat(times) + behind)
    assert.equal(action, standard)
    if (unresolved === undefined) return
    const parts = call!.subjects.filter(({ kind }) => kind === 'part')
    const kinds = new Set(parts.flatMap(({ command }) => command!.unresolved))
    assert.deepEqual([...kinds].sort(), [...unresolved].sort())
  })
}
