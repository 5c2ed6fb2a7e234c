import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { loadPolicies } from '../../src/engine/load.ts'
import type { IndexTexts } from '../../src/engine/policy-set.ts'
import { runs } from '../helpers/runtime.ts'

const word = fc.constantFrom('ssh', '.env', 'id_rsa', 'rm', 'git push', 'curl', 'a', 'ab', 'shadow')
const wild = fc.constantFrom('*', '?', '', '/', '[ab]')
const glob = fc.array(fc.oneof(word, wild), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''))
  .filter((text) => text !== '')
const globs = fc.array(glob, { minLength: 1, maxLength: 3 })

const when = fc.oneof(
  globs.map((command_matches) => ({ command_matches })),
  globs.map((path_matches) => ({ path_matches })),
  globs.map((url_matches) => ({ url_matches })),
  globs.map((name) => ({ program: { name } })),
  globs.map((env_assigns) => ({ env_assigns })),
  fc.constant({ unresolved: true }),
  fc.constant({ default: true }),
  fc.tuple(globs, globs).map(([command_matches, path_matches]) => ({
    command_matches,
    path_matches,
  })),
)

const text = fc.array(fc.oneof(word, fc.constantFrom(' ', '/', 'x')), { maxLength: 6 })
  .map((parts) => parts.join(''))
const given = fc.oneof(
  { weight: 5, arbitrary: fc.array(text, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant('any' as const) },
)
const exact = fc.oneof(
  fc.array(fc.constantFrom('rm', 'curl', 'ssh', '?program', '=', '=ab'), { maxLength: 3 }),
  fc.constant('any' as const),
)
const texts: fc.Arbitrary<IndexTexts> = fc.record({
  command: given,
  path: given,
  url: given,
  exact,
  relative: fc.array(text.filter((one) => one !== ''), { maxLength: 2 }),
  more: fc.tuple(fc.array(text, { maxLength: 3 }), fc.array(text, { maxLength: 3 })).map(
    ([host, folded]) => ({
      host: () => host,
      folded: () => folded,
      prepared: () => undefined,
      joined: () => undefined,
    }),
  ),
})

test('the first questions and those after them find the same rules', () => {
  fc.assert(
    fc.property(fc.array(when, { minLength: 1, maxLength: 8 }), texts, (whens, texts) => {
      const rules = whens.map((when) => ({ action: 'deny', when }))
      const source = {
        layer: 'user',
        file: 'p.yaml',
        text: JSON.stringify({
          version: '1',
          default_action: 'allow',
          policies: [{ name: 'p', rules }],
        }),
      } as const
      const { set, faults } = loadPolicies([source], { builtins: {}, hash: (all) => all.join() })
      assert.deepEqual(faults, [])
      const first = set!.index.candidates(texts)
      for (let i = 0; i < 20; i++) assert.deepEqual(set!.index.candidates(texts), first)
    }),
    { numRuns: runs(500) },
  )
})
