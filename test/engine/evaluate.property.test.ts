import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { evaluate } from '../../src/engine/evaluate.ts'
import type { PolicySet } from '../../src/engine/policy-set.ts'
import { ACTIONS } from '../../src/engine/types.ts'
import { callOf, factsOf, setOf } from '../helpers/engine.ts'
import { type Book, type BookPolicy, decideByTheBook } from '../reference.ts'
import { runs } from '../helpers/runtime.ts'

const atom = fc.constantFrom('abc', 'abd', 'xabc', 'b', 'c')
const command = fc.array(atom, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '))
const commands = fc.array(command, { minLength: 1, maxLength: 3 })
const pattern = fc.array(fc.constantFrom('abc', 'abd', '*', ' ', 'b', ' && '), {
  minLength: 1,
  maxLength: 5,
}).map((pieces) => pieces.join('').trim()).filter((text) =>
  text !== '' && !text.startsWith('&&') && !text.endsWith('&&') && !/&& *&&| {2}/.test(text)
)
const patterns = fc.array(pattern, { minLength: 1, maxLength: 3 })
const when = fc.record({ command_matches: patterns, command_not_matches: patterns }, {
  requiredKeys: [],
})
const userRule = fc.record({
  action: fc.constantFrom(
    'deny' as const,
    'require_approval' as const,
    'log' as const,
    'allow' as const,
  ),
  when,
})
const projectRule = fc.record({
  action: fc.constantFrom('deny' as const, 'require_approval' as const, 'log' as const),
  when,
})
const named = (layer: BookPolicy['layer'], rule: typeof userRule | typeof projectRule) =>
  fc.array(
    fc.record({
      priority: fc.constantFrom(1, 100, 200),
      rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 3 },
  ).map((list) => list.map((policy, i): BookPolicy => ({ ...policy, layer, name: `${layer}${i}` })))

const book: fc.Arbitrary<Book> = fc.record({
  defaultAction: fc.constantFrom(
    'allow' as const,
    'deny' as const,
    'require_approval' as const,
    'log' as const,
  ),
  policies: fc.tuple(
    named('managed', userRule),
    named('user', userRule),
    named('project', projectRule),
  )
    .map((layers) => layers.flat()),
})

function compiled({ defaultAction, policies }: Book): PolicySet {
  const of = (layer: BookPolicy['layer']) =>
    policies.filter((p) => p.layer === layer).map(({ layer: _, ...policy }) => policy)
  return setOf({ managed: of('managed'), user: of('user'), project: of('project') }, defaultAction)
}
const decide = (b: Book, line: readonly string[]) =>
  evaluate(compiled(b), callOf('exec', { command: line.join(' && ') }), factsOf()).action

const strength = (action: string) => ACTIONS.findIndex((a) => a === action)

test('evaluate() agrees with the reference', () => {
  fc.assert(
    fc.property(book, commands, (b, line) => {
      assert.equal(decide(b, line), decideByTheBook(b, line))
    }),
    { numRuns: runs(300) },
  )
})

/** So many globs that all are asked at once; no line holds a `#`. */
const many = {
  name: 'many',
  priority: 300,
  rules: Array.from({ length: 100 }, (_, n) => ({
    action: 'deny',
    when: { command_matches: [`*#*${n}*`] },
  })),
}

test('evaluate() agrees with the reference where all globs are asked at once', () => {
  fc.assert(
    fc.property(book, fc.array(commands, { minLength: 1, maxLength: 12 }), (b, lines) => {
      const of = (layer: BookPolicy['layer']) =>
        b.policies.filter((p) => p.layer === layer).map(({ layer: _, ...policy }) => policy)
      const set = setOf(
        { managed: of('managed'), user: [...of('user'), many], project: of('project') },
        b.defaultAction,
      )
      // The index is made after the first questions.
      for (let i = 0; i < 8; i++) evaluate(set, callOf('exec', { command: 'x' }), factsOf())
      for (const line of lines) {
        const call = callOf('exec', { command: line.join(' && ') })
        assert.equal(evaluate(set, call, factsOf()).action, decideByTheBook(b, line))
      }
    }),
    { numRuns: runs(200) },
  )
})

test('a deny in any policy denies, whatever else is there', () => {
  fc.assert(
    fc.property(book, commands, pattern, (b, line, p) => {
      const deny: BookPolicy = {
        layer: 'user',
        name: 'extra',
        priority: 500,
        rules: [{ action: 'deny', when: { command_matches: [p] } }],
      }
      const alone = { defaultAction: 'allow' as const, policies: [deny] }
      fc.pre(decideByTheBook(alone, line) === 'deny')
      assert.equal(decide({ ...b, policies: [...b.policies, deny] }, line), 'deny')
    }),
    { numRuns: runs(100) },
  )
})

test('F3 a project layer never loosens: the result is the stricter of with and without', () => {
  fc.assert(
    fc.property(book, commands, (b, line) => {
      const without = { ...b, policies: b.policies.filter(({ layer }) => layer !== 'project') }
      assert.ok(strength(decide(b, line)) <= strength(decide(without, line)))
    }),
    { numRuns: runs(200) },
  )
})

test('evaluate() never throws and always answers, whatever the line', () => {
  fc.assert(
    fc.property(
      book,
      fc.string({ unit: 'binary', minLength: 1 }).filter((s) => s.trim() !== ''),
      (b, line) => {
        let call
        try {
          call = callOf('exec', { command: line })
        } catch (error) {
          assert.equal((error as Error).name, 'RampartError')
          return
        }
        assert.ok(ACTIONS.includes(evaluate(compiled(b), call, factsOf()).action))
      },
    ),
    { numRuns: runs(200) },
  )
})
