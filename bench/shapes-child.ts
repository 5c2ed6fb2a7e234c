// One order of `bench/shapes.ts`, carried out in a process of its own; the answer is JSON on stdout.
import process from 'node:process'
import { evaluate } from '../src/engine/evaluate.ts'
import type { PolicySet } from '../src/engine/policy-set.ts'
import { RampartError } from '../src/errors.ts'
import { profileSet } from '../test/detection/measure.ts'
import { randomLine } from '../test/fuzz/generate.ts'
import { SHAPES } from '../test/fuzz/shapes.ts'
import { callOf, factsOf, setOf } from '../test/helpers/engine.ts'

export type Order =
  | { readonly do: 'times'; readonly sizes: readonly number[] }
  | { readonly do: 'memory'; readonly name: string; readonly sizes: readonly number[] }
  | { readonly do: 'seeds'; readonly count: number }
  | { readonly do: 'rules' }

export interface Measured {
  readonly ms: number
  readonly answer: string
}

export interface Timed {
  readonly name: string
  readonly sizes: readonly Measured[]
}

export interface Found extends Measured {
  readonly seed: number
  readonly length: number
}

/** Rounds that count; the worst of them is told, for an attacker does not send the best. */
const ROUNDS = 5

/** A moment by the clock and by the processor: what both say at least is no other process's doing. */
function now(): readonly number[] {
  const { threadCpuUsage } = process as { threadCpuUsage?: typeof process.cpuUsage }
  const { user, system } = threadCpuUsage?.call(process) ?? process.cpuUsage()
  return [performance.now(), (user + system) / 1000]
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
  const from = now()
  const answer = judge(set, tool, command)
  const took = now().map((moment, i) => moment - from[i]!)
  return { ms: Math.min(...took), answer }
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

/** In one process, for a server has judged other lines before. */
function times(sizes: readonly number[]): readonly Timed[] {
  const set = profileSet('standard')
  warmUp(set)
  return SHAPES.map(({ name, tool = 'exec', of }) => ({
    name,
    sizes: sizes.map((size) => worst(set, tool, of(size))),
  }))
}

function memory(name: string, sizes: readonly number[]): number {
  const { tool = 'exec', of } = SHAPES.find((shape) => shape.name === name)!
  const set = profileSet('standard')
  return Math.max(...sizes.map((size) => growth(set, tool, of(size))))
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

const order = JSON.parse(process.argv[2] ?? '{"do":"rules"}') as Order
const carryOut = {
  times: ({ sizes }: Order & { do: 'times' }) => times(sizes),
  memory: ({ name, sizes }: Order & { do: 'memory' }) => memory(name, sizes),
  seeds: ({ count }: Order & { do: 'seeds' }) => seeds(count),
  rules,
}
process.stdout.write(JSON.stringify(carryOut[order.do](order as never)))
