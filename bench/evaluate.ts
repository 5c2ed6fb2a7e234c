// One runtime's part of the engine figures, as JSON: `node bench/evaluate.ts`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { evaluate } from '../src/engine/evaluate.ts'
import { loadPolicies, type PolicyText } from '../src/engine/load.ts'
import type { PolicySet } from '../src/engine/policy-set.ts'
import type { Facts } from '../src/engine/types.ts'
import { normaliseCall } from '../src/intercept/normalise.ts'
import { commands, hash, ROOT, spread } from './common.ts'

const HOME = '/home/u'
const WARM_UP = 2
const ROUNDS = 5

const facts: Facts = {
  now: 0,
  homes: [HOME],
  namesOf: (path) => [path],
  callCount: () => 0,
  claimed: () => false,
}
const identity = { principal: 'uid:1', agent: 'a', session: 's', bound: new Set<never>() }

function load(sources: readonly PolicyText[]): PolicySet {
  const { set, faults } = loadPolicies(sources, { builtins: {}, hash })
  if (set === undefined) throw new Error(JSON.stringify(faults.slice(0, 3)))
  return set
}

function profile(): PolicySet {
  const read = (name: string) => readFileSync(join(ROOT, 'policies', `${name}.yaml`), 'utf8')
  return load([
    { layer: 'builtin', file: 'self-protection.yaml', text: read('self-protection') },
    { layer: 'user', file: 'standard.yaml', text: read('standard') },
  ])
}

function made(rules: number): PolicySet {
  const list = Array.from({ length: rules }, (_, n) => ({
    action: 'deny',
    when: { command_matches: [`tool${n.toString(36)}x${(n * 7919 % 99_991).toString(36)} *`] },
  }))
  const file = { version: '1', default_action: 'allow', policies: [{ name: 'p', rules: list }] }
  return load([{ layer: 'user', file: 'made.yaml', text: JSON.stringify(file) }])
}

/** Microseconds of each line, normalisation included: its best of five rounds after two to warm up. */
function measure(set: PolicySet, lines: readonly string[]): number[] {
  const best = lines.map(() => Infinity)
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    lines.forEach((command, line) => {
      const from = process.hrtime.bigint()
      const call = normaliseCall({
        tool: 'exec',
        identity,
        params: { command },
        cwd: '/w',
        homes: [HOME],
      })
      evaluate(set, call, facts)
      const took = Number(process.hrtime.bigint() - from) / 1000
      if (round >= WARM_UP) best[line] = Math.min(best[line]!, took)
    })
  }
  return best
}

const { list } = commands()
const growth = [10, 100, 1000, 10_000].map((rules) => ({
  rules,
  ...spread(measure(made(rules), list)),
}))
const standard = spread(measure(profile(), list))
process.stdout.write(JSON.stringify({ standard, growth }))
