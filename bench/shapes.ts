// What hostile lines of many shapes cost, in minutes: `node bench/shapes.ts`.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import type { Found, Measured, Order, Timed } from './shapes-child.ts'
import { machine, ROOT, RUNTIMES, table } from './common.ts'

const RUNTIME_NAMES = ['node', 'bun'] as const
const SIZES = [65_536, 131_072, 262_144, 1_048_576]
const SEEDS = Number(process.env['RAMPART_BENCH_SEEDS'] ?? 1000)
/** Rows that are printed: what is cheaper than these is of no interest. */
const WORST = 12

/** Each order is carried out by a process of its own, so that no shape warms or fills it for another. */
function ask<T>(runtime: string, order: Order): T {
  const [program = '', ...args] = RUNTIMES[runtime]!
  const flags = runtime === 'node' ? ['--expose-gc', '--max-old-space-size=256'] : []
  const { status, stdout, stderr } = spawnSync(
    program,
    [...args, ...flags, join(ROOT, 'bench/shapes-child.ts'), JSON.stringify(order)],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  if (status !== 0) throw new Error(`${runtime} ${JSON.stringify(order)}: ${stderr}`)
  return JSON.parse(stdout) as T
}

const label = (size: number) => size < 1_048_576 ? `${size / 1024} KiB` : `${size / 1_048_576} MiB`
const cell = (measured: Measured) =>
  `${measured.ms.toFixed(1)}${measured.answer === 'refused' ? ' (refused)' : ''}`

function shapesTable(runtime: string, all: readonly Timed[]): string {
  const worst = SIZES.map((_, i) => Math.max(...all.map(({ sizes }) => sizes[i]!.ms)).toFixed(1))
  const rows = [...all].sort((a, b) => most(b) - most(a)).slice(0, WORST)
    .map(({ name, sizes }) => [code(name), ...sizes.map(cell)])
  return table([`${runtime}, ms`, ...SIZES.map(label)], [
    [`worst of all ${all.length}`, ...worst],
    ...rows,
  ])
}

/** Of those that took longest: what takes no time holds no memory. */
function memoryTable(runtime: string, all: readonly Timed[]): string {
  const rows = [...all].sort((a, b) => most(b) - most(a)).slice(0, WORST).map(({ name }) => ({
    name,
    growth: ask<number>(runtime, { do: 'memory', name, sizes: [131_072, 1_048_576] }),
  })).sort((a, b) => b.growth - a.growth).slice(0, 5)
  return table(
    [`${runtime}: growth of the heap, nothing collected`, 'MiB'],
    rows.map(({ name, growth }) => [code(name), growth.toFixed(0)]),
  )
}

const code = (name: string) => `\`${name.replaceAll('|', '\\|').replaceAll('`', "'")}\``
const most = ({ sizes }: Timed) => Math.max(...sizes.map(({ ms }) => ms))

function seedsTable(runtime: string): string {
  const found = ask<readonly Found[]>(runtime, { do: 'seeds', count: SEEDS })
  const rows = found.map(({ seed, length, ms, answer }) => [
    `${seed}`,
    `${length}`,
    ms.toFixed(1),
    answer,
  ])
  return table([`${runtime}: slowest of ${SEEDS} seeds`, 'characters', 'ms', 'answer'], rows)
}

function manyRules(runtime: string): string {
  const rows = ask<readonly (Measured & { readonly what: string })[]>(runtime, { do: 'rules' })
  return table(
    [`${runtime}: 10,000 rules, 64 KiB`, 'ms'],
    rows.map((row) => [row.what, cell(row)]),
  )
}

/** Markdown of all of it. */
export function benchHostile(): string {
  return RUNTIME_NAMES.flatMap((name) => {
    const all = ask<readonly Timed[]>(name, { do: 'times', sizes: SIZES })
    return [shapesTable(name, all), memoryTable(name, all), manyRules(name), seedsTable(name)]
  }).join('\n\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write(`On ${machine()}.\n\n${benchHostile()}\n`)
}
