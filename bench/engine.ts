import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import {
  commands,
  type Figures,
  ROOT,
  RUNTIMES,
  type Section,
  type Spread,
  table,
} from './common.ts'

interface EngineFigures {
  readonly standard: Spread
  readonly growth: readonly (Spread & { readonly rules: number })[]
}

/** One evaluation with interception, by the profile and by made policies that grow. */
export function benchEngine(): Section {
  const names = ['node', 'bun']
  const all = names.map((name) => ({ name, figures: inRuntime(name) }))
  const cells = ({ p50, p99, p999 }: Spread) =>
    `${p50.toFixed(1)} / ${p99.toFixed(0)} / ${p999.toFixed(0)}`
  const rows = [
    ['standard profile', ...all.map(({ figures }) => cells(figures.standard))],
    ...all[0]!.figures.growth.map(({ rules }, i) => [
      `${rules} rules`,
      ...all.map(({ figures }) => cells(figures.growth[i]!)),
    ]),
  ]
  return {
    markdown: `Over ${commands().origin}, each line its best of five.\n\n${
      table(['µs, p50 / p99 / p99.9', ...names], rows)
    }`,
    figures: Object.assign({}, ...all.map(({ name, figures }) => named(name, figures))) as Figures,
  }
}

function inRuntime(runtime: string): EngineFigures {
  const [program = '', ...args] = RUNTIMES[runtime]!
  const { status, stdout, stderr } = spawnSync(
    program,
    [...args, join(ROOT, 'bench/evaluate.ts')],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as EngineFigures
}

function named(runtime: string, { standard, growth }: EngineFigures): Figures {
  const [least, most] = [growth[0]!, growth.at(-1)!]
  return {
    [`evaluate.${runtime}.p50`]: standard.p50,
    [`evaluate.${runtime}.p99`]: standard.p99,
    [`evaluate.${runtime}.p999`]: standard.p999,
    [`evaluate.${runtime}.growth`]: most.p50 / least.p50,
  }
}
