import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { test } from 'node:test'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { HOST_NAMES } from '../../src/hosts/host.ts'
import { hookBench } from '../helpers/hook.ts'

const Case = z.strictObject({
  name: z.string(),
  /** Sent before, its answer not looked at. */
  first: z.array(z.record(z.string(), z.unknown())).optional(),
  /** A captured event, or one of our own, or bytes as they are. */
  sample: z.string().optional(),
  event: z.record(z.string(), z.unknown()).optional(),
  raw: z.string().optional(),
  /** Keys that are changed in the event. */
  change: z.record(z.string(), z.unknown()).optional(),
  exit: z.int().optional(),
  answer: z.unknown().optional(),
  trail: z.array(z.string()).optional(),
})
const Cases = z.array(Case)
type Case = z.infer<typeof Case>

const at = (path: string) => new URL(`../fixtures/hosts/${path}`, import.meta.url)
/** What every host has an answer for. */
const WANTED = [
  'allow',
  'deny',
  'ask',
  'log',
  'unknown tool',
  'malformed',
  'empty',
  'response leak',
]

for (const host of HOST_NAMES) {
  const file = at(`${host}.yaml`)
  const cases = Cases.parse(parse(readFileSync(file, 'utf8')))

  test(`${host}: there is an answer for each of ${WANTED.join(', ')}`, () => {
    const names = cases.map(({ name }) => name)
    assert.deepEqual(WANTED.filter((name) => !names.includes(name)), [])
    assert.equal(new Set(names).size, names.length)
  })

  for (const one of cases) {
    test(`${host}: ${one.name}`, async () => {
      const got = await answered(host, one)
      if (process.env['UPDATE'] === '1') {
        Object.assign(one, got)
        writeFileSync(file, stringify(cases, { lineWidth: 0 }))
      }
      const { exit, answer, trail } = one
      assert.deepEqual(got, { ...(exit === undefined ? {} : { exit }), answer, trail })
    })
  }
}

/** So little time that no person is waited for; no answer is too late here. */
const DEADLINE = { deadlineMs: 100 }

async function answered(host: string, one: Case): Promise<Partial<Case>> {
  const { send, told } = hookBench()
  for (const event of one.first ?? []) await send(host, event, DEADLINE)
  const before = told().length
  const { exit, text } = await send(host, eventOf(one), DEADLINE)
  // What differs from run to run.
  const steady = text.replace(/approval [0-9a-f]{8}\b/g, 'approval ID')
    .replace(/until [0-9TZ:.-]+/g, 'until TIME')
  const answer = exit === 0 ? JSON.parse(steady) : steady
  return { ...(exit === 0 ? {} : { exit }), answer, trail: told().slice(before) }
}

function eventOf({ sample, event, raw, change }: Case): string | object {
  if (raw !== undefined) return raw
  const base = sample === undefined
    ? event ?? {}
    : JSON.parse(readFileSync(at(`samples/${sample}`), 'utf8'))
  return { ...base, ...change }
}
