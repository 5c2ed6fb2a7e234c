// What rules of the person's own cost a preflight: ten thousand of them against none.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { systemClock } from '../src/adapters/clock.ts'
import { openDatabase } from '../src/adapters/database.ts'
import { createFactReader } from '../src/adapters/fact-reader.ts'
import { sqliteGrants } from '../src/adapters/grants.ts'
import { memoryAuditLog } from '../src/adapters/memory-audit.ts'
import { memoryApprovals } from '../src/adapters/memory-approvals.ts'
import { memoryCounter, memoryOnce } from '../src/adapters/memory-stores.ts'
import { memoryPolicies } from '../src/adapters/memory-world.ts'
import { loadPolicies } from '../src/engine/load.ts'
import type { OwnRule } from '../src/engine/own-rule.ts'
import type { PolicySet } from '../src/engine/policy-set.ts'
import type { Grant, GrantStore } from '../src/ports.ts'
import { ruleEntry } from '../src/service/grant-events.ts'
import { printOfGrant } from '../src/service/grant-proof.ts'
import { judge } from '../src/service/judge.ts'
import type { DecideRequest, Services } from '../src/service/services.ts'
import { commands, hash, ROOT, type Section, spread, table } from './common.ts'

const MANY = 10_000
const ROUNDS = 7
const WARM_UP = 2
const ASKED = 'shipctl deploy 1'
const GUARD = `version: "1"
default_action: allow
policies:
  - name: guard
    match: {tool: exec}
    rules: [{action: require_approval, when: {program: {name: [shipctl]}}}]
`
/** Ends later than any run of this. */
const LATER = 8_640_000_000_000_000

function profile(own: readonly OwnRule[]): PolicySet {
  const read = (name: string) => readFileSync(join(ROOT, 'policies', `${name}.yaml`), 'utf8')
  const { set } = loadPolicies([
    { layer: 'builtin', file: 'self-protection.yaml', text: read('self-protection') },
    { layer: 'user', file: 'standard.yaml', text: read('standard') },
    { layer: 'user', file: 'guard.yaml', text: GUARD },
  ], { builtins: {}, hash })
  if (set === undefined) throw new Error('The policies of the benchmark are invalid')
  return { ...set, own }
}

/** Exact ones of one program, all but the last about something else. */
const rules: readonly OwnRule[] = Array.from({ length: MANY }, (_, n): OwnRule => ({
  id: `rule-${n}`,
  action: 'allow',
  tool: 'exec',
  generalisation: 'exact',
  argv: ['shipctl', 'deploy', String(n + 1 === MANY ? 1 : n + 2)],
  answers: 'guard/1',
}))

const grantOf = (rule: OwnRule): Grant => ({
  id: rule.id,
  scope: 'session',
  rule,
  principal: 'uid:1',
  agent: 'a',
  session: 's',
  expiresAt: LATER,
  createdAt: 0,
  createdBy: 'admin',
  eventId: 'none',
})

/** The grant that answers is on record, as it has to be. */
async function recorded(services: Services): Promise<Services> {
  const grant = grantOf(rules.at(-1)!)
  const { rule, scope, eventId } = grant
  const told = { rule, scope, hash: await printOfGrant(grant), grant }
  const by = { principal: 'admin', via: 'http' } as const
  const { id = eventId, kind, request, decision } = ruleEntry('created', told, by, eventId)
  const draft = { id, kind, request, decision, time: '', agent: '', session: '', tool: '' }
  await services.audit.append([{ ...draft, ...by, enforced: false, mode: 'enforce' }])
  return services
}

function servicesWith(set: PolicySet, grants: GrantStore): Services {
  const clock = systemClock()
  const log = { error() {}, warn() {}, info() {} }
  const facts = createFactReader({ monotonic: () => clock.monotonic() })
  const audit = memoryAuditLog()
  return {
    ...{ clock, log, facts, audit, grants },
    policies: memoryPolicies(set),
    counter: memoryCounter(),
    once: memoryOnce(),
    approvals: memoryApprovals(),
  } as unknown as Services
}

const request = (command: string): DecideRequest => ({
  tool: 'exec',
  identity: { principal: 'uid:1', agent: 'a', session: 's', bound: new Set() },
  params: { command },
  cwd: ROOT,
  intent: 'preview',
  via: 'http',
  explain: false,
})

/** Microseconds of each line of each world, its best of some rounds; the worlds take turns in each round. */
async function measure(
  worlds: readonly Services[],
  lines: readonly string[],
): Promise<readonly number[][]> {
  const best = worlds.map(() => lines.map(() => Infinity))
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    for (const [world, services] of worlds.entries()) {
      for (const [line, command] of lines.entries()) {
        const from = process.hrtime.bigint()
        await judge(request(command), services, 'dry')
        const took = Number(process.hrtime.bigint() - from) / 1000
        if (round >= WARM_UP) best[world]![line] = Math.min(best[world]![line]!, took)
      }
    }
  }
  return best
}

/** What ten thousand rules and grants add to an ordinary preflight, and to one that asks. */
export async function benchRules(): Promise<Section> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
  const db = openDatabase(join(dir, 'rampart.db'))
  try {
    const empty = sqliteGrants(openDatabase(join(dir, 'empty.db')))
    const full = sqliteGrants(db)
    await full.add(rules.map(grantOf))
    const worlds = [
      servicesWith(profile([]), empty),
      servicesWith(profile(rules), empty),
      await recorded(servicesWith(profile([]), full)),
    ]
    const { origin, list } = commands()
    const ordinary = (await measure(worlds, list.slice(0, 2000))).map((one) => spread(one).p50)
    const asked = (await measure(worlds, Array<string>(500).fill(ASKED))).map((one) =>
      spread(one).p50
    )
    const names = ['no rule', '10,000 rules in the overlay', '10,000 grants of the session']
    const ratio = (figures: readonly number[], at: number) => figures[at]! / figures[0]!
    const rows = names.map((name, at) => [
      name,
      `${ordinary[at]!.toFixed(1)} µs (${ratio(ordinary, at).toFixed(2)} ×)`,
      `${asked[at]!.toFixed(1)} µs (${ratio(asked, at).toFixed(2)} ×)`,
    ])
    return {
      markdown: `${table(['', 'ordinary line, p50', 'line that asks, p50'], rows)}

Reading, facts and evaluation by \`standard\` in this process, without HTTP and trail; ${origin}.`,
      figures: {
        'rules.overlay': ratio(ordinary, 1),
        'rules.grants': ratio(ordinary, 2),
        'rules.asked.overlay': ratio(asked, 1),
        'rules.asked.grants': ratio(asked, 2),
      },
    }
  } finally {
    db.close()
    rmSync(dir, { recursive: true, force: true })
  }
}
