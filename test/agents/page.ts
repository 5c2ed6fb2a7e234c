import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../e2e/server.ts'
import type { Agent } from './agent.ts'
import { AGENTS } from './agents.ts'
import type { Result } from './cases.ts'
import { cache } from './install.ts'

export interface Measured {
  readonly agent: Pick<Agent, 'name' | 'title' | 'version'>
  readonly day: string
  readonly results: readonly Pick<Result, 'row' | 'ok' | 'said'>[]
}

const [START, END] = ['<!-- measured: npm run test:agents -->', '<!-- measured: end -->']
const PAGE = join(ROOT, 'docs', 'agents.md')

/** A row for each case, a column for each agent. */
export function tableOf(measured: readonly Measured[]): string {
  const rows = [...new Set(measured.flatMap(({ results }) => results.map(({ row }) => row)))]
  const cell = ({ results }: Measured, row: string) => {
    const result = results.find((one) => one.row === row)
    return result === undefined ? '' : `${result.ok ? '' : '**not as expected:** '}${result.said}`
  }
  return table([
    ['', ...measured.map(({ agent, day }) => `${agent.title} ${agent.version}, ${day}`)],
    ...rows.map((row) => [row, ...measured.map((one) => cell(one, row))]),
  ])
}

function table([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** What was measured last of each agent, so that one may be measured again alone. */
const KEPT = () => join(cache(), 'results.json')

/** Keep what was measured of an agent; all that is kept, in the order of the table of agents. */
export function kept(measured?: Measured): Measured[] {
  const file = KEPT()
  const all: Measured[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
  if (measured === undefined) return all
  const { agent: { name, title, version }, day, results } = measured
  const plain = results.map(({ row, ok, said }) => ({ row, ok, said }))
  const others = all.filter(({ agent }) => agent.name !== name)
  const place = (one: Measured) => AGENTS.findIndex((agent) => agent.name === one.agent.name)
  const next = [...others, { agent: { name, title, version }, day, results: plain }]
    .sort((one, other) => place(one) - place(other))
  writeFileSync(file, JSON.stringify(next, null, 2))
  return next
}

/** Put all that is kept between the page's two marks. */
export function writePage(): void {
  const text = readFileSync(PAGE, 'utf8')
  const [before, after] = [text.split(START)[0], text.split(END)[1]]
  if (before === undefined || after === undefined) throw new Error(`${PAGE} has lost its marks`)
  writeFileSync(PAGE, `${before}${START}\n\n${tableOf(kept())}\n\n${END}${after}`)
}
