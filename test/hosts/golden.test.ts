import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { test } from 'node:test'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { HOST_NAMES, hostNamed } from '../../src/hosts/index.ts'
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
  if (hostNamed(host) === undefined) continue
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

/** A question is never answered here, and time goes on only while one waits. */
async function answered(host: string, one: Case): Promise<Partial<Case>> {
  const { send, clock, told } = hookBench()
  for (const event of one.first ?? []) await ticking(send(host, event), clock)
  const before = told().length
  const { exit, text } = await ticking(send(host, eventOf(one)), clock)
  // What differs from run to run.
  const steady = text.replace(/approval [0-9a-f]{8}\b/g, 'approval ID')
    .replace(/until [0-9TZ:.-]+/g, 'until TIME')
  const answer = exit === 0 ? JSON.parse(steady) : steady
  return { ...(exit === 0 ? {} : { exit }), answer, trail: told().slice(before) }
}

async function ticking<T>(
  work: Promise<T>,
  clock: { advance(ms: number): Promise<void> },
): Promise<T> {
  let done = false
  void work.finally(() => done = true).catch(() => {})
  // An hour is more than any host waits.
  for (let turn = 0; turn < 60 && !done; turn++) await clock.advance(turn < 2 ? 0 : 60_000)
  return await work
}

function eventOf({ sample, event, raw, change }: Case): string | object {
  if (raw !== undefined) return raw
  const base = sample === undefined
    ? event ?? {}
    : JSON.parse(readFileSync(at(`samples/${sample}`), 'utf8'))
  return { ...base, ...change }
}
