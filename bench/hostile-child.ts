// One order of `bench/hostile.ts`, carried out in a process of its own; the answer is JSON on stdout.
import process from 'node:process'
import { evaluate } from '../src/engine/evaluate.ts'
import type { PolicySet } from '../src/engine/policy-set.ts'
import { RampartError } from '../src/errors.ts'
import { profileSet } from '../test/detection/measure.ts'
import { randomLine } from '../test/fuzz/generate.ts'
import { SHAPES } from '../test/fuzz/shapes.ts'
import { callOf, factsOf, setOf } from '../test/helpers/engine.ts'

export type Order =
  | { readonly do: 'names' }
  | { readonly do: 'shape'; readonly name: string; readonly sizes: readonly number[] }
  | { readonly do: 'seeds'; readonly count: number }
  | { readonly do: 'rules' }

export interface Measured {
  readonly ms: number
  readonly answer: string
}

export interface Costs {
  readonly sizes: readonly Measured[]
  /** MiB by which the heap grew at most while a line was judged. */
  readonly growth: number
}

export interface Found extends Measured {
  readonly seed: number
  readonly length: number
}

/** Rounds that count; the worst of them is told, for an attacker does not send the best. */
const ROUNDS = 5

/** Of the processor, so that other work on the machine does not count. */
function milliseconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function judge(set: PolicySet, tool: string, command: string): string {
  try {
    return evaluate(set, callOf(tool, { command }), factsOf()).action
  } catch (error) {
    if (error instanceof RampartError) return 'refused'
    throw error
  }
}

function timed(set: PolicySet, tool: string, command: string): Measured {
  const from = milliseconds()
  const answer = judge(set, tool, command)
  return { ms: milliseconds() - from, answer }
}

/** The worst of some rounds after one to warm up. */
function worst(set: PolicySet, tool: string, command: string): Measured {
  judge(set, tool, command)
  const rounds = Array.from({ length: ROUNDS }, () => timed(set, tool, command))
  return rounds.reduce((a, b) => a.ms >= b.ms ? a : b)
}

/** Any server has judged other lines before. */
function warmUp(set: PolicySet): void {
  for (let seed = 0; seed < 150; seed++) judge(set, 'exec', randomLine(seed))
}

function collect(): void {
  const { gc, Bun } = globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } }
  gc?.()
  Bun?.gc(true)
}

/** What the heap holds behind one judgement and had not before: garbage counts, for nobody collects it. */
function growth(set: PolicySet, tool: string, command: string): number {
  collect()
  const before = process.memoryUsage().heapUsed
  judge(set, tool, command)
  return Math.max(0, process.memoryUsage().heapUsed - before) / 2 ** 20
}

function shape(name: string, sizes: readonly number[]): Costs {
  const { tool = 'exec', of } = SHAPES.find((shape) => shape.name === name)!
  const set = profileSet('standard')
  warmUp(set)
  const lines = sizes.map(of)
  const measured = lines.map((line) => worst(set, tool, line))
  return { sizes: measured, growth: Math.max(...lines.map((line) => growth(set, tool, line))) }
}

function seeds(count: number): readonly Found[] {
  const set = profileSet('standard')
  warmUp(set)
  const found: Found[] = []
  for (let seed = 0; seed < count; seed++) {
    const line = randomLine(seed)
    const first = timed(set, 'exec', line)
    if (first.ms < 2) continue
    found.push({ seed, length: line.length, ...worst(set, 'exec', line) })
  }
  return found.sort((a, b) => b.ms - a.ms).slice(0, 5)
}

/** Policies nobody writes by hand, and lines that come near all of their rules. */
const RULES: Readonly<Record<string, (n: number) => string>> = {
  'globs with a name each': (n) => `tool${n} *`,
  'globs that begin alike': (n) => `*rm -rf /a${n}*`,
  'globs of many stars': (n) => `*a*b*c*d${n}*e*f*`,
  'globs of short literals': (n) => `*${String.fromCharCode(97 + n % 26)}?${n % 10}*`,
}
const LINES: Readonly<Record<string, string>> = {
  'one long word': `rm ${'a'.repeat(65_000)}`,
  'commands': 'rm -rf /a1;'.repeat(5900),
  'arguments': 'rm -rf /a1 '.repeat(5900),
}

function rules(): readonly (Measured & { readonly what: string })[] {
  return Object.entries(RULES).flatMap(([what, glob]) => {
    const list = Array.from({ length: 10_000 }, (_, n) => ({
      action: 'deny',
      when: { command_matches: [glob(n)] },
    }))
    const set = setOf({ user: [{ name: 'p', rules: list }] })
    return Object.entries(LINES).map(([name, line]) => ({
      what: `${what}, ${name}`,
      ...worst(set, 'exec', line),
    }))
  })
}

const order = JSON.parse(process.argv[2] ?? '{"do":"names"}') as Order
const answer = order.do === 'names'
  ? { names: SHAPES.map(({ name }) => name) }
  : order.do === 'shape'
  ? shape(order.name, order.sizes)
  : order.do === 'seeds'
  ? seeds(order.count)
  : rules()
process.stdout.write(JSON.stringify(answer))
