import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { evaluate } from '../../src/engine/evaluate.ts'
import { loadPolicies } from '../../src/engine/load.ts'
import { compilePathGlob } from '../../src/engine/match/path-glob.ts'
import { normaliseCall } from '../../src/intercept/normalise.ts'
import { runs } from '../helpers/runtime.ts'

const HOMES = ['/home/u']
const facts = {
  now: 0,
  homes: HOMES,
  namesOf: (path: string) => [path],
  callCount: () => 0,
  claimed: () => false,
}
const identity = { principal: 'uid:1', agent: 'a', session: 's', bound: new Set<never>() }

function answer(globs: readonly string[], path: string): string {
  const file = {
    version: '1',
    default_action: 'allow',
    policies: [{ name: 'p', rules: [{ action: 'deny', when: { path_matches: globs } }] }],
  }
  const text = JSON.stringify(file)
  const source = { layer: 'user', file: 'p.yaml', text } as const
  const { set, faults } = loadPolicies([source], { builtins: {}, hash: (parts) => parts.join() })
  assert.deepEqual(faults, [])
  const call = normaliseCall({ tool: 'read', identity, params: { path }, homes: HOMES })
  assert.ok(call.subjects.every(({ paths }) => paths.every(({ absolute }) => !absolute)))
  return evaluate(set!, call, facts).action
}

test('F35 the index loses no rule for a path of which only the end is known', () => {
  const name = fc.constantFrom('ssh', '.env', 'id_rsa', 'ab', 'a', 'etc', 'shadow', 'x.pem')
  const wild = fc.constantFrom('*', '**', '*.pem', 'id_*', '{ssh,etc}', '[ae]*', '?', '\\.env')
  const start = fc.constantFrom('/', '~/', '**/', '')
  const glob = fc.tuple(start, fc.array(fc.oneof(name, name, wild), { minLength: 1, maxLength: 4 }))
    .map(([front, segments]) => front + segments.join('/'))
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
  fc.assert(
    fc.property(fc.array(glob, { minLength: 1, maxLength: 3 }), path, (globs, path) => {
      const held = globs.map((glob) => compilePathGlob(glob))
        .some((glob) => glob.test(path, HOMES) || glob.testRelative(path))
      assert.equal(answer(globs, path), held ? 'deny' : 'allow')
    }),
    { numRuns: runs(500) },
  )
})
