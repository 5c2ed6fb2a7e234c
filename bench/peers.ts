// Rampart beside other policy engines, on one question that all of them can be asked.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { ROOT, type Section, type Spread, spread, table } from './common.ts'
import { compiledPolicy, compilePolicy } from './peers/compile-opa.ts'
import { casbin, cedar, type Engine, opaWasm } from './peers/engines.ts'
import { type Ask, type Question, QUESTIONS, SIZES } from './peers/question.ts'
import { rampartEngine, rampartWhole } from './peers/rampart.ts'

const PASSES = 3
const WARM_UP_MS = 300
const BUDGET_MS = 600
const ROUNDS = 5
const SAMPLES = 50

const ABOUT = `Each engine is asked the same ${QUESTIONS.map(describe).join(' and ')}, half of them
denied, and must give the same answer to every one before anything is timed. A rule denies a tool when its path or command begins or ends
with a text; each engine has it in the fastest form of its own (\`bench/peers/engines.ts\`). Rampart's second row does
more than the others: it reads the call, shell lines included, and judges what they would read and write. No engine touches the disk. After warm-up, each call
its best of five, the quietest of ${PASSES} passes, in Node.`

function describe({ name, asks }: Question): string {
  return `${asks.length} ${name}`
}

/** All engines that can be had, loaded with so many rules of a question. */
export async function enginesFor(question: Question, size: number): Promise<readonly Engine[]> {
  const rules = question.rules(size)
  const policy = compiledPolicy()
  return [
    rampartEngine(rules, question.asks),
    rampartWhole(rules),
    ...(policy === undefined ? [] : [await opaWasm(policy, rules)]),
    await casbin(rules),
    cedar(`${question.name}-${size}`, rules),
  ]
}

/** Calls that an engine answers otherwise than the question is meant; none, or nothing is compared. */
export function disagreements(engine: Engine, asks: readonly Ask[]): readonly string[] {
  return asks.filter((ask) => engine.allows(ask) !== (ask.want === 'allow'))
    .map(({ tool, text, want }) => `${engine.name}: ${tool} ${text} is no ${want}`)
}

export async function benchPeers(): Promise<Section> {
  const missing = compiledPolicy() === undefined ? compilePolicy() : undefined
  const cells = new Map<string, string[]>()
  for (const question of QUESTIONS) {
    for (const size of SIZES) {
      const engines = await enginesFor(question, size)
      const wrong = engines.flatMap((engine) => disagreements(engine, question.asks))
      if (wrong.length > 0) throw new Error(wrong.join('\n'))
      for (const [name, { p50, p99 }] of compare(engines, question.asks)) {
        const row = cells.get(name) ?? []
        cells.set(name, [...row, `${figure(p50)} / ${figure(p99)}`])
      }
    }
  }
  const heads = QUESTIONS.flatMap(({ name }) => SIZES.map((size) => `${name}, ${size} rules`))
  const rows = [...cells].map(([name, row]) => [named(name), ...row])
  const notes = missing === undefined ? [] : [`opa-wasm is left out: ${missing}.`]
  return {
    markdown: [ABOUT, table(['µs a decision, p50 / p99', ...heads], rows), ...notes].join('\n\n'),
    figures: {},
  }
}

/** Engines take turns, and the quietest pass of each counts: no neighbour slows only one of them. */
function compare(engines: readonly Engine[], asks: readonly Ask[]): Map<string, Spread> {
  const best = new Map<string, Spread>()
  for (let pass = 0; pass < PASSES; pass++) {
    for (const engine of engines) {
      const given = measure(engine, asks)
      if (given.p50 < (best.get(engine.name)?.p50 ?? Infinity)) best.set(engine.name, given)
    }
  }
  return best
}

/** Microseconds a call, each sample its best of five rounds, so that a busy machine shows less. */
function measure(engine: Engine, asks: readonly Ask[]): Spread {
  const warm = performance.now() + WARM_UP_MS
  while (performance.now() < warm) for (const ask of asks) engine.allows(ask)
  const samples: number[] = []
  const end = performance.now() + BUDGET_MS
  for (let n = 0; n < SAMPLES && (n === 0 || performance.now() < end); n++) {
    const best = asks.map(() => Infinity)
    for (let round = 0; round < ROUNDS; round++) {
      asks.forEach((ask, i) => {
        const from = process.hrtime.bigint()
        engine.allows(ask)
        best[i] = Math.min(best[i]!, Number(process.hrtime.bigint() - from) / 1000)
      })
    }
    samples.push(...best)
  }
  return spread(samples)
}

function figure(micros: number): string {
  return micros < 100 ? micros.toFixed(1) : micros.toFixed(0)
}

const PACKAGES: Readonly<Record<string, string>> = {
  'cedar-wasm': '@cedar-policy/cedar-wasm',
  'opa-wasm': '@open-policy-agent/opa-wasm',
  casbin: 'casbin',
}

/** With the version that is installed. */
function named(name: string): string {
  const file = PACKAGES[name]
  if (file === undefined) return name
  const text = readFileSync(join(ROOT, 'node_modules', file, 'package.json'), 'utf8')
  return `${file} ${(JSON.parse(text) as { version: string }).version}`
}
