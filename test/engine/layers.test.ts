import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate } from '../../src/engine/evaluate.ts'
import { loadPolicies } from '../../src/engine/load.ts'
import { formatFault } from '../../src/engine/fault.ts'
import { callOf, factsOf, goodSet, hash, setOf } from '../helpers/engine.ts'

const head = (action: string) => `version: "1"\ndefault_action: ${action}\n`
const user = (file: string, text: string) => ({ layer: 'user' as const, file, text })

test('semantics 10 of several files the strictest default is in force', () => {
  const order = ['allow', 'log', 'require_approval', 'deny'] as const
  for (const [i, weaker] of order.entries()) {
    for (const stronger of order.slice(i)) {
      const set = goodSet([user('a.yaml', head(stronger)), user('b.yaml', head(weaker))])
      assert.equal(set.defaultAction, stronger)
    }
  }
})

test('semantics 10 notify is the union of all files', () => {
  const set = goodSet(
    ['a', 'b'].map((name) =>
      user(`${name}.yaml`, `${head('allow')}notify: {url: "https://${name}.example/x"}\n`)
    ),
  )
  assert.deepEqual(set.notify.map(({ url }) => url), [
    'https://a.example/x',
    'https://b.example/x',
  ])
})

test('semantics 10 equal policy names in files of one layer are a fault that names both', () => {
  const text = `${head('allow')}policies: [{name: p, rules: []}]\n`
  const sources = [user('a.yaml', text), user('b.yaml', text)]
  const { set, faults } = loadPolicies(sources, { builtins: {}, hash })
  assert.equal(set, undefined)
  assert.deepEqual(faults.map(formatFault), [
    'b.yaml:3:19: policy name "p" is taken already in a.yaml',
  ])
})

const profile = `${
  head('allow')
}policies: [{name: p, rules: [{action: deny}]}, {name: q, rules: []}]\n`

test('semantics 10 files that extend one profile share its policies', () => {
  const set = goodSet(
    ['a', 'b'].map((name) =>
      user(`${name}.yaml`, `${head('allow')}extends: std\npolicies: [{name: ${name}, rules: []}]\n`)
    ),
    { std: profile },
  )
  assert.deepEqual(set.policies.map(({ name }) => name), ['p', 'q', 'a', 'b'])
})

test('semantics 10 what one file replaces and another only inherits is a fault in the first', () => {
  const sources = [
    user('a.yaml', `${head('allow')}extends: std\npolicies: [{name: p, rules: []}]\n`),
    user('b.yaml', `${head('allow')}extends: std\n`),
  ]
  for (const order of [sources, [...sources].reverse()]) {
    const { faults } = loadPolicies(order, { builtins: { std: profile }, hash })
    assert.deepEqual(faults.map(formatFault), [
      'a.yaml:4:19: policy name "p" is taken already in builtin:std, which b.yaml extends: ' +
      'let one file extend it',
    ])
  }
})

test('semantics 10 equal names in different layers are different policies', () => {
  const rules = [{ action: 'deny', when: { command_matches: ['x'] } }]
  const set = setOf({ managed: [{ name: 'p', rules }], user: [{ name: 'p', rules }] })
  assert.equal(set.policies.length, 2)
})

test('semantics 12 the same name replaces the whole policy, in place', () => {
  const base = `${head('allow')}policies:
  - {name: a, rules: [{action: deny, when: {command_matches: [one]}}]}
  - {name: b, rules: [{action: deny, when: {command_matches: [two]}}]}
`
  const own = `${head('allow')}extends: base
policies:
  - {name: c, rules: []}
  - {name: a, rules: [{action: deny, when: {command_matches: [three]}}]}
`
  const set = goodSet([user('own.yaml', own)], { base })
  assert.deepEqual(set.policies.map(({ name }) => name), ['a', 'b', 'c'])
  const actions = ['one', 'two', 'three'].map((command) =>
    evaluate(set, callOf('exec', { command }), factsOf()).action
  )
  assert.deepEqual(actions, ['allow', 'deny', 'deny'])
})

test('semantics 12 of several extended files a later one replaces, and this file replaces all', () => {
  const base = (glob: string, name = 'a') =>
    `${head('allow')}policies:
  - {name: ${name}, rules: [{action: deny, when: {command_matches: [${glob}]}}]}
`
  const own = `${head('allow')}extends: [one, two, three]
policies:
  - {name: c, rules: [{action: deny, when: {command_matches: [own]}}]}
`
  const set = goodSet([user('own.yaml', own)], {
    one: base('one'),
    two: base('two', 'b'),
    three: base('three') + base('lost', 'c').split('\n').slice(-2).join('\n'),
  })
  assert.deepEqual(set.policies.map(({ name }) => name), ['a', 'b', 'c'])
  const actions = ['one', 'two', 'three', 'lost', 'own'].map((command) =>
    evaluate(set, callOf('exec', { command }), factsOf()).action
  )
  assert.deepEqual(actions, ['allow', 'deny', 'deny', 'allow', 'deny'])
})

test('semantics 12 files that extend lists of files are bounded in all', () => {
  const lists = `${head('allow')}extends: [${'next.yaml, '.repeat(31)}next.yaml]\n`
  let depth = 0
  const { faults } = loadPolicies([user('a.yaml', lists)], {
    builtins: {},
    hash,
    beside: () => ({ file: `${depth++}.yaml`, text: lists }),
  })
  assert.match(faults.map(formatFault).join('\n'), /more than 512 files in all/)
})

test('semantics 12 files that extend each other are a fault, not a hang', () => {
  const text = (name: string) => `${head('allow')}extends: ${name}\n`
  const { faults } = loadPolicies([user('a.yaml', text('b.yaml'))], {
    builtins: {},
    hash,
    beside: (_file, name) => ({ file: name, text: text(name === 'b.yaml' ? 'a.yaml' : 'b.yaml') }),
  })
  assert.match(faults.map(formatFault).join('\n'), /the files extend each other/)
})

const paths = (key: string, globs: string[], action: string, defaultAction = 'allow') =>
  setOf({
    user: [{ name: 'p', match: { tool: 'read' }, rules: [{ action, when: { [key]: globs } }] }],
  }, defaultAction)

// Every set decides the same call: a relative path, and nobody knows from where.
const RELATIVE: readonly [what: string, set: ReturnType<typeof setOf>, want: string][] = [
  ['a denial by suffix', paths('path_matches', ['~/.ssh/id_*'], 'deny'), 'deny'],
  ['no denial by a bare wildcard', paths('path_matches', ['/secret/*'], 'deny'), 'allow'],
  ['no permission', paths('path_matches', ['**/id_rsa'], 'allow', 'deny'), 'deny'],
  ['no permission by an exclusion', paths('path_not_matches', ['/x'], 'allow', 'deny'), 'deny'],
]

for (const [what, set, want] of RELATIVE) {
  test(`F35 a relative path without a trusted cwd: ${what}`, () => {
    const call = callOf('read', { path: 'id_rsa' }, {}, 'not/absolute')
    assert.equal(call.subjects[0]!.paths[0]!.absolute, false)
    assert.equal(evaluate(set, call, factsOf()).action, want)
  })
}
