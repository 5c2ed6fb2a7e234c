import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { z } from 'zod'
import type { HostName } from '../../src/setup/command-line.ts'
import { HOSTS } from '../../src/setup/hosts.ts'
import { readJsonc } from '../../src/setup/jsonc.ts'
import { commandsIn, hasOurs, withEntries, withoutEntries } from '../../src/setup/merge.ts'
import { callOf, hostOf } from './helpers.ts'

const Cases = z.array(z.strictObject({
  name: z.string(),
  host: z.string(),
  before: z.string(),
  after: z.string(),
  /** What removal leaves; absent where that is the text of before. */
  left: z.string().optional(),
}))

const file = new URL('../fixtures/setup/entries.yaml', import.meta.url)
const cases = Cases.min(20).parse(parse(readFileSync(file, 'utf8')))

function entriesOf(host: string) {
  const plan = hostOf(host).user.plans.find((one) => one.kind === 'entries')!
  assert.ok(plan.kind === 'entries')
  return plan.entries(callOf(host))
}

for (const { name, host, before, after, left } of cases) {
  test(`${host}: ${name}`, () => {
    const entries = entriesOf(host)
    const set = withEntries(before, entries, host as HostName)
    assert.equal(set, after)
    assert.equal(withEntries(set, entries, host as HostName), set, 'a second time changes nothing')
    const without = withoutEntries(set, host as HostName)
    assert.equal(without, left ?? before)
    assert.equal(hasOurs(without, host as HostName), false)
  })
}

/** Documents as people write them: any indent and line end, comments, trailing commas, a byte order mark. */
const documents = fc.record({
  value: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }),
  foreign: fc.array(fc.constantFrom('PreToolUse', 'PostToolUse', 'Stop'), { maxLength: 3 }),
  indent: fc.constantFrom('', '  ', '    ', '\t'),
  eol: fc.constantFrom('\n', '\r\n'),
  comment: fc.constantFrom('', '// "hooks": {', '/* } */'),
  trailing: fc.boolean(),
  bom: fc.boolean(),
  end: fc.constantFrom('', '\n', '\r\n\r\n'),
})

type Document = typeof documents extends fc.Arbitrary<infer T> ? T : never

function written(document: Document): string {
  const { value, foreign, indent, eol, comment, trailing, bom, end } = document
  const own = { matcher: 'Bash', hooks: [{ type: 'command', command: '/usr/bin/other-guard' }] }
  const hooks = Object.fromEntries(foreign.map((event) => [event, [own]]))
  const { hooks: _, ...rest } = value
  const all = foreign.length === 0 ? rest : { ...rest, hooks }
  let text = JSON.stringify(all, null, indent)
  if (indent !== '' && Object.keys(all).length > 0) {
    if (comment !== '') {
      text = text.replace('{', () => `{${comment.startsWith('//') ? ' ' : ''}${comment}`)
    }
    if (trailing) text = text.replace(/\n\}$/, ',\n}')
  }
  // Of texts inside of it a line end is written `\n`, so every real one is ours.
  return `${bom ? '\uFEFF' : ''}${text.replaceAll('\n', eol)}${end}`
}

test('setup, then remove, leaves any settings file as it was, to the byte', () => {
  const hosts = HOSTS.flatMap(({ name, user }) =>
    user.plans.some(({ kind }) => kind === 'entries') && name !== 'cursor' ? [name] : []
  )
  fc.assert(
    fc.property(documents, fc.constantFrom(...hosts), (document, host) => {
      const before = written(document)
      const entries = entriesOf(host)
      const set = withEntries(before, entries, host)
      assert.equal(withEntries(set, entries, host), set)
      assert.equal(commandsIn(set, host).length, entries.length)
      assert.equal(withoutEntries(set, host), before)
    }),
    { numRuns: 400 },
  )
})

test('setup changes what a settings file says in its own entries alone', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const before = written(document)
      const set = readJsonc(withEntries(before, entriesOf('claude-code'), 'claude-code'))!
      const { hooks, ...rest } = set.value as { hooks: Record<string, unknown[]> }
      const { hooks: had = {}, ...was } = readJsonc(before)!.value as { hooks?: typeof hooks }
      assert.deepEqual(rest, was)
      for (const [event, list] of Object.entries(had)) {
        assert.deepEqual(hooks[event]!.slice(0, list.length), list)
      }
    }),
    { numRuns: 300 },
  )
})
