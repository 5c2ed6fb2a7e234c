import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { openParseCache } from '../../src/adapters/parse-cache.ts'
import { BUILTINS, builtinsFor, withBuiltins } from '../../src/cli/builtins.ts'
import { evaluate } from '../../src/engine/evaluate.ts'
import type { ParseStore, PolicyText } from '../../src/engine/load.ts'
import type { PolicySet } from '../../src/engine/policy-set.ts'
import { haveCorpora, linesOf } from '../detection/measure.ts'
import { callOf, factsOf, goodSet } from '../helpers/engine.ts'
import { runs } from '../helpers/runtime.ts'

const OWN = { home: '/home/u/.rampart', ports: [9090], origins: ['proxy.example'] }
const TEXTS = builtinsFor(OWN)
/** A person's file on top, so that both ways of remembering take part. */
const PERSONS = `version: "1"
default_action: allow
extends: strict
policies:
  - name: mine
    match: {tool: [exec, "mcp__*"]}
    rules:
      - {action: deny, when: {path_matches: ["~/.ssh/**", "/etc/{shadow,passwd}"], command_matches: ["cat *"]}}
      - {action: require_approval, when: {program: {name: [git], flags: [force]}, command_contains: "push"}}
      - {action: log, when: {domain_matches: ["*.example.com"]}}
`
const sources: PolicyText[] = [
  { file: 'builtin:self-protection', layer: 'builtin', text: TEXTS['self-protection']! },
  { file: '/p/mine.yaml', layer: 'user', text: PERSONS },
]

const dir = mkdtempSync(join(tmpdir(), 'rampart-remembered-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const cache = (): ParseStore =>
  withBuiltins(OWN, openParseCache({ dir: join(dir, 'cache'), secret: 's', version: '1' }), TEXTS)

const fresh: PolicySet = goodSet(sources, BUILTINS)
goodSet(sources, BUILTINS, cache())
const remembered: PolicySet = goodSet(sources, BUILTINS, cache())

function same(tool: string, params: Readonly<Record<string, string>>): void {
  const call = callOf(tool, params)
  const told = ({ action, message, votes }: ReturnType<typeof evaluate>) => ({
    action,
    message,
    votes: votes.map(({ action, policy, rule }) => [action, policy, rule]),
  })
  const facts = factsOf()
  assert.deepEqual(
    told(evaluate(remembered, call, facts)),
    told(evaluate(fresh, call, facts)),
    JSON.stringify(params),
  )
}

test('F26 policies that are remembered are those of their texts', () => {
  assert.equal(readdirSync(join(dir, 'cache')).length, 1)
  assert.equal(remembered.hash, fresh.hash)
  assert.equal(remembered.basis, fresh.basis)
  assert.deepEqual(remembered.listing, fresh.listing)
  assert.deepEqual(remembered.needs, fresh.needs)
  const rules = ({ index }: PolicySet) =>
    index.flat.map((
      { rule },
    ) => [rule.key, rule.action, rule.spans, rule.needs, rule.commandGlobs()])
  assert.deepEqual(rules(remembered), rules(fresh))
})

const word = fc.constantFrom(
  'rm -rf /',
  'cat',
  '~/.ssh/id_rsa',
  '/etc/shadow',
  'git push --force',
  'curl https://a.example.com/x',
  'sudo',
  'sh -c',
  '"$X"',
  'node_modules',
  '/home/u/.rampart/token',
  'localhost:9090',
  'base64 -d',
  'echo a',
)
const join_ = fc.constantFrom(' ', ' | ', ' && ', '; ', ' > ')
const line = fc.array(fc.tuple(word, join_), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.flat().slice(0, -1).join(''))

test('F26 a remembered set answers every line as one that was read just now', () => {
  fc.assert(
    fc.property(line, fc.constantFrom('exec', 'read', 'write', 'fetch'), (text, tool) => {
      const name = { exec: 'command', read: 'path', write: 'path', fetch: 'url' }[tool]!
      const url = `https://a.example.com/${encodeURIComponent(text)}`
      same(tool, { [name]: tool === 'fetch' ? url : text })
    }),
    { numRuns: runs(150) },
  )
})

test('F26 the same for lines of the corpora', { skip: !haveCorpora && 'no corpora' }, () => {
  for (const corpus of ['evasions', 'stop-self', 'nearmiss-nah']) {
    const lines = linesOf(corpus)
    const every = Math.ceil(lines.length / runs(60))
    for (const { tool, params } of lines.filter((_, index) => index % every === 0)) {
      same(tool, params as Readonly<Record<string, string>>)
    }
  }
})

test('F26 an entry that was cut, changed or sealed by another counts for nothing', () => {
  const [name] = readdirSync(join(dir, 'cache'))
  const path = join(dir, 'cache', name!)
  const good = readFileSync(path, 'utf8')
  const forged = good.replace('"action":"deny"', '"action":"allow"')
  assert.notEqual(forged, good)
  for (const text of ['', good.slice(0, 40), good.slice(0, -1), forged, `${good} `]) {
    writeFileSync(path, text)
    assert.equal(cache().get(sources[1]!), undefined)
    assert.equal(goodSet(sources, BUILTINS, cache()).hash, fresh.hash)
    // What was read again is kept again.
    assert.equal(readFileSync(path, 'utf8'), good)
  }
  const other = openParseCache({ dir: join(dir, 'cache'), secret: 'other', version: '1' })
  assert.equal(other.get(sources[1]!), undefined)
  const newer = openParseCache({ dir: join(dir, 'cache'), secret: 's', version: '2' })
  assert.equal(newer.get(sources[1]!), undefined)
})
