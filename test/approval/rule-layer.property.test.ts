import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { asksOf } from '../../src/approval/rule-layer.ts'
import { evaluate } from '../../src/engine/evaluate.ts'
import type { PolicyText } from '../../src/engine/load.ts'
import { DEFAULT_ASK, type OwnRule } from '../../src/engine/own-rule.ts'
import type { PolicySet } from '../../src/engine/policy-set.ts'
import { type Action, ACTIONS, type Call, type Decision } from '../../src/engine/types.ts'
import { ruled } from '../../src/service/ruled.ts'
import { callOf, factsOf, goodSet } from '../helpers/engine.ts'
import { bench } from '../helpers/service.ts'
import { runs } from '../helpers/runtime.ts'

const COMMANDS = [
  'frob a',
  'frob -x a',
  'ship b',
  'frob a && ship b',
  'ship b | frob a',
  'cat /w/f',
]
const GLOBS = ['frob *', 'ship *', '*', '*|*', 'frob a']
const LAYERS = ['builtin', 'managed', 'user', 'project'] as const

const ASKS = ['require_approval', 'require_approval', 'require_approval'] as const

/** Rules of one layer's one policy. */
const layer = (name: (typeof LAYERS)[number]) =>
  fc.array(
    fc.record({
      action: fc.constantFrom(
        ...(name === 'project'
          ? (['deny', 'require_approval', 'log'] as const)
          : (['deny', ...ASKS, 'log', 'allow', 'webhook'] as const)),
      ),
      glob: fc.constantFrom(...GLOBS),
    }),
    { maxLength: name === 'user' ? 3 : 1 },
  )

type Drawn = ReturnType<typeof layer> extends fc.Arbitrary<infer T> ? T : never

/** Mostly nothing, so that other layers get a say. */
const rare = (name: (typeof LAYERS)[number]): fc.Arbitrary<Drawn> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant<Drawn>([]) }, layer(name))

const own = fc.array(
  fc.record({
    action: fc.constantFrom(...Array<'allow'>(40).fill('allow'), 'block' as const),
    form: fc.constantFrom<Partial<OwnRule>>(
      { generalisation: 'program', program: 'frob' },
      { generalisation: 'program', program: 'ship' },
      { generalisation: 'flags', program: 'frob', verbs: ['a'], flags: [] },
      { generalisation: 'exact', argv: ['ship', 'b'] },
      { generalisation: 'exact', line: 'ship b | frob a', cwd: '/w' },
      { generalisation: 'exact', argv: ['cat', '/w/f'], cwd: '/w' },
    ),
    answers: fc.constantFrom(
      ...LAYERS.flatMap((name) => [1, 2, 3].map((rule) => `${name}-p/${rule}`)),
      ...['user-p/1', 'user-p/2', 'user-p/1', 'user-p/2', DEFAULT_ASK, DEFAULT_ASK],
    ),
  }),
  { minLength: 3, maxLength: 14 },
)

const world = fc.record({
  builtin: rare('builtin'),
  managed: rare('managed'),
  user: layer('user'),
  project: rare('project'),
  defaults: fc.record({
    managed: fc.constantFrom<string>('allow', 'allow', 'allow', 'log', 'require_approval'),
    user: fc.constantFrom<string>('allow', 'allow', 'allow', 'log', 'require_approval', 'deny'),
  }),
  own,
  command: fc.constantFrom(...COMMANDS),
})

type World = typeof world extends fc.Arbitrary<infer T> ? T : never

function setOf(given: World): PolicySet {
  const files = LAYERS.map((name): PolicyText => ({
    file: `${name}.yaml`,
    layer: name,
    text: stringify({
      version: '1',
      ...(name === 'project'
        ? {}
        : { default_action: name === 'builtin' ? 'allow' : given.defaults[name] }),
      policies: [{
        name: `${name}-p`,
        rules: given[name].map(({ action, glob }) => ({
          action,
          when: { command_matches: glob },
          ...(action === 'webhook' ? { webhook: { url: 'http://x.test/' } } : {}),
        })),
      }],
    }),
  }))
  const rules = given.own.map(({ action, form, answers }, at) => ({
    id: `rule-${at}`,
    action,
    tool: 'exec',
    ...form,
    ...(action === 'allow' ? { answers } : {}),
  })).filter(({ action, ...rule }) => action === 'allow' || !('line' in rule))
  const overlay = stringify({ version: '1', rules })
  return goodSet([...files, { file: 'user.yaml', layer: 'overlay', text: overlay }])
}

const strength = (action: Action): number => ACTIONS.length - ACTIONS.indexOf(action)

/** The strongest of what nobody may answer: every vote and default but the asks of the user layer. */
function floorOf(set: PolicySet, call: Call, before: Decision): number {
  const asks = asksOf(set, call, before)
  const askable = new Set(asks.map(({ vote }) => vote))
  const votes = before.votes.filter((vote) => !askable.has(vote)).map(({ action }) => action)
  const defaults = asks.some(({ answers }) => answers === DEFAULT_ASK) ? [] : before.defaulted
  const actions = [...votes, ...defaults.map((): Action => set.defaultAction)]
  return Math.max(strength('allow'), ...actions.map(strength))
}

test('F17 with any rules of the person the answer is never weaker than what nobody may answer', async () => {
  const { services } = bench('version: "1"\ndefault_action: allow\n')
  let answered = 0
  let blocked = 0
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const set = setOf(given)
      const call = callOf('exec', { command: given.command })
      const facts = factsOf()
      const before = evaluate(set, call, facts)
      const after = await ruled({ set, call, facts, decision: before }, services)
      assert.ok(strength(after.action) >= floorOf(set, call, before), 'below the floor')
      if (before.action === 'deny' || before.action === 'webhook') {
        assert.ok(strength(after.action) >= strength(before.action), 'a grant lifted a refusal')
      }
      if (strength(after.action) > strength(before.action)) blocked++
      if (strength(after.action) < strength(before.action)) {
        answered++
        assert.ok(after.grants!.length > 0)
        assert.match(after.message, /Your rule rule-\d/)
        const named = new Set(given.own.map(({ answers }) => answers))
        for (const ask of asksOf(set, call, before)) assert.ok(named.has(ask.answers), ask.answers)
      }
    }),
    { numRuns: runs(800) },
  )
  // What never happens proves nothing.
  assert.ok(answered > 0 && blocked > 0, `${answered} answered, ${blocked} blocked`)
})

test('F17 an allow answers the rule it names, never a later one, and not once that says something else', async () => {
  const { services } = bench('version: "1"\ndefault_action: allow\n')
  const text = (first: string, print?: string) => ({
    user: `version: "1"
default_action: allow
policies:
  - name: guard
    rules:
      - {action: require_approval, when: {command_matches: "${first}"}}
  - name: later
    rules:
      - {action: require_approval, when: {command_matches: "frob -x *"}}
`,
    overlay: stringify({
      version: '1',
      rules: [{
        id: 'rule-1',
        action: 'allow',
        tool: 'exec',
        generalisation: 'program',
        program: 'frob',
        answers: 'guard/1',
        ...(print === undefined ? {} : { answers_as: print }),
      }],
    }),
  })
  const load = ({ user, overlay }: { user: string; overlay: string }) =>
    goodSet([
      { file: 'user.yaml', layer: 'overlay', text: overlay },
      { file: 'p.yaml', layer: 'user', text: user },
    ])
  const print = load(text('frob *')).printOf('guard/1')!
  const answer = async (first: string, command: string) => {
    const set = load(text(first, print))
    const call = callOf('exec', { command })
    const facts = factsOf()
    const decision = evaluate(set, call, facts)
    return (await ruled({ set, call, facts, decision }, services)).action
  }
  assert.equal(await answer('frob *', 'frob a'), 'allow')
  assert.equal(await answer('frob *', 'frob -x a'), 'require_approval')
  assert.equal(await answer('fro*', 'frob a'), 'require_approval')
})
