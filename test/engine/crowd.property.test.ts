import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { evaluate } from '../../src/engine/evaluate.ts'
import type { PolicySet } from '../../src/engine/policy-set.ts'
import { parsePolicy } from '../../src/engine/load.ts'
import { callOf, factsOf, goodSet, setOf, sourceOf } from '../helpers/engine.ts'
import { runs } from '../helpers/runtime.ts'

const word = fc.constantFrom('rm', 'RM', 'cat', 'curl', 'ab', 'a', '.env', 'etc', 'x.test')
const wild = fc.constantFrom('*', '?', '', '/', ' ', '**/', '[ab]', '{a,ab}', '|', '~/')
const glob = fc.array(fc.oneof(word, wild), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('').trim()).filter((text) => text !== '')
const globs = fc.array(glob, { minLength: 1, maxLength: 3 })
const hosts = fc.constantFrom('*.test', 'x.*', '*x*t', 'ab.test')
const when = fc.oneof(
  globs.map((command_matches) => ({ command_matches })),
  fc.tuple(globs, globs).map(([command_matches, command_not_matches]) => ({
    command_matches,
    command_not_matches,
  })),
  globs.map((command_contains) => ({ command_contains })),
  globs.map((path_matches) => ({ path_matches })),
  globs.map((name) => ({ program: { name } })),
  globs.map((env_assigns) => ({ env_assigns })),
  globs.map((url_matches) => ({ url_matches })),
  fc.array(hosts, { minLength: 1, maxLength: 2 }).map((domain_matches) => ({ domain_matches })),
)
const rules = fc.array(
  fc.record({ action: fc.constantFrom('deny', 'log', 'require_approval', 'allow'), when }),
  { minLength: 1, maxLength: 6 },
)

/** Conditions that hold for nothing here, of each kind so many that they are asked all at once. */
const MANY = Array.from({ length: 70 }, (_, n) => n).flatMap((n) => [
  { command_matches: [`*#*${n}*`] },
  { command_contains: [String.fromCharCode(0x3b1 + n)] },
  { path_matches: [`**/#*${n}*`] },
  { program: { name: [`#*${n}*`] } },
  { env_assigns: [`#*${n}*`] },
  { url_matches: [`#*${n}*`] },
  { domain_matches: [`*.z*${n}`] },
]).map((when) => ({ action: 'deny', when }))

const piece = fc.constantFrom(
  ...[
    'rm ',
    'RM ',
    'cat ',
    'curl ',
    'ab',
    'a',
    '/',
    '.env ',
    '/etc/a ',
    '~/ab ',
    'X=a ',
    'http://x.test/ab ',
  ],
  ...[' | ', '; ', ' && ', '*', '?', ' > ', '"', "'", '$a '],
)
const line = fc.array(piece, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''))
  .filter((text) => text.trim() !== '')

const CROWD = sourceOf('user', [{ name: 'q', rules: MANY }])
const crowd = parsePolicy(CROWD)

/** The rules at hand beside the many, whose text is read once. */
function withMany(rules: readonly unknown[]): PolicySet {
  const sources = [{ ...sourceOf('user', [{ name: 'p', rules }]), file: 'p.yaml' }, CROWD]
  return goodSet(sources, {}, {
    get: ({ file }) => file === CROWD.file && 'value' in crowd ? crowd.value : undefined,
    set: () => {},
  })
}

/** Votes of the policy at hand: a pattern for files (`*rm`) may be meant by the others too. */
function votesOf(set: PolicySet, command: string) {
  return evaluate(set, callOf('exec', { command }), factsOf()).votes
    .filter(({ policy }) => policy === 'p')
    .map(({ rule, subject, reasons }) => ({ rule, subject, reasons }))
}

test('what is asked all at once gets the answer that each alone gets', () => {
  fc.assert(
    fc.property(rules, fc.array(line, { minLength: 4, maxLength: 12 }), (rules, lines) => {
      const few = setOf({ user: [{ name: 'p', rules }] })
      const many = withMany(rules)
      // The index is made after the first questions.
      for (let i = 0; i < 8; i++) evaluate(many, callOf('exec', { command: 'x' }), factsOf())
      for (const one of lines) assert.deepEqual(votesOf(many, one), votesOf(few, one), one)
    }),
    { numRuns: runs(100) },
  )
})
