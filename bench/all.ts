// `npm run bench`: every figure of docs/benchmarks.md, as markdown on stdout.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { commands, machine, ROOT, RUNTIMES, type Spread, table } from './common.ts'
import { benchDetection } from './detection.ts'
import { benchHostile } from './hostile.ts'
import { benchHttp } from './http.ts'
import { benchStart } from './start.ts'

interface EngineFigures {
  readonly standard: Spread
  readonly growth: readonly (Spread & { readonly rules: number })[]
}

function engine(runtime: string): EngineFigures {
  const [program = '', ...args] = RUNTIMES[runtime]!
  const { status, stdout, stderr } = spawnSync(
    program,
    [...args, join(ROOT, 'bench/evaluate.ts')],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as EngineFigures
}

function benchEngine(): string {
  const names = ['node', 'bun']
  const all = names.map((name) => ({ name, figures: engine(name) }))
  const cells = ({ p50, p99, p999 }: Spread) =>
    `${p50.toFixed(1)} / ${p99.toFixed(0)} / ${p999.toFixed(0)}`
  const rows = [
    ['standard profile', ...all.map(({ figures }) => cells(figures.standard))],
    ...all[0]!.figures.growth.map(({ rules }, i) => [
      `${rules} rules`,
      ...all.map(({ figures }) => cells(figures.growth[i]!)),
    ]),
  ]
  return table(['µs, p50 / p99 / p99.9', ...names], rows)
}

const { origin } = commands()
process.stdout.write(
  `Measured ${new Date().toISOString().slice(0, 10)} by \`npm run bench\` on ${machine()}.

## One evaluation, interception included (${origin}, each line its best of five)

${benchEngine()}

## Hostile lines under the standard profile (worst of five after one to warm up)

${benchHostile()}

## Enforced preflight over HTTP, audit durable before the answer (load from one Node process)

${await benchHttp()}

## Detection by the profile standard

${benchDetection()}

## The executable

${await benchStart()}
`,
)
