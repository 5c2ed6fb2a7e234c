import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { evaluate } from '../../src/engine/evaluate.ts'
import { settle, type WebhookAnswer } from '../../src/engine/settle.ts'
import type { Json } from '../../src/engine/types.ts'
import { callOf, factsOf, setOf } from '../helpers/engine.ts'

const policies = z.array(z.unknown()).optional()
const Case = z.strictObject({
  name: z.string(),
  default_action: z.string().optional(),
  builtin: policies,
  managed: policies,
  user: policies,
  overlay: policies,
  project: policies,
  now: z.int().optional(),
  counts: z.int().nullable().optional(),
  names: z.record(z.string(), z.array(z.string())).optional(),
  unknown: z.array(z.string()).optional(),
  claimed: z.array(z.string()).optional(),
  answers: z.record(z.string(), z.enum(['allow', 'deny', 'failed'])).optional(),
  call: z.strictObject({
    exec: z.string().optional(),
    tool: z.string().optional(),
    params: z.record(z.string(), z.unknown()).optional(),
    agent: z.string().optional(),
    session: z.string().optional(),
    depth: z.int().optional(),
    bound: z.array(z.enum(['agent', 'session', 'run', 'depth'])).optional(),
  }),
  want: z.strictObject({
    action: z.string(),
    rule: z.string().nullable().optional(),
    message: z.string().optional(),
    consumes: z.array(z.string()).optional(),
  }),
})

const url = new URL('../fixtures/engine/evaluate.yaml', import.meta.url)
const cases = z.array(Case).min(40).parse(parse(readFileSync(url, 'utf8')))

for (const { name, default_action, call: given, want, ...rest } of cases) {
  test(name, () => {
    const { builtin, managed, user, overlay, project } = rest
    const layers = Object.fromEntries(
      Object.entries({ builtin, managed, user, overlay, project }).filter(([, v]) => v),
    )
    const set = setOf(layers, default_action)
    const call = callOf(
      given.tool ?? 'exec',
      (given.params ?? { command: given.exec }) as Record<string, Json>,
      {
        agent: given.agent ?? 'a',
        session: given.session ?? 's',
        depth: given.depth,
        bound: new Set(given.bound ?? []),
      },
    )
    const facts = factsOf({
      now: rest.now ?? 0,
      callCount: () => rest.counts === null ? undefined : rest.counts ?? 0,
      namesOf: (path) => rest.unknown?.includes(path) ? undefined : rest.names?.[path] ?? [path],
      claimed: (key) => rest.claimed?.includes(key) ?? false,
    })
    let have = evaluate(set, call, facts)
    if (rest.answers !== undefined) {
      const said = Object.entries(rest.answers).map((
        [rule, verdict],
      ): [string, WebhookAnswer] => [rule, { verdict }])
      have = settle(set, call, have, new Map(said))
    }
    assert.equal(have.action, want.action, JSON.stringify(have))
    if (want.rule !== undefined) assert.equal(have.winner?.rule ?? null, want.rule)
    if (want.message !== undefined) assert.equal(have.message, want.message)
    if (want.consumes !== undefined) assert.deepEqual(have.consumes, want.consumes)
  })
}
