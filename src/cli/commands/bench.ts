import type { FactReader } from '../../ports.ts'
import { RampartError } from '../../errors.ts'
import { decide } from '../../service/decide.ts'
import type { Services } from '../../service/services.ts'
import { type Case, ownCorpus, readCorpus } from '../bench-corpus.ts'
import { type Judged, type Row, summarise, type Summary } from '../bench-score.ts'
import { type Invocation, textFlag } from '../command.ts'
import { abridge } from '../display.ts'
import { dryRequest, dryServices } from '../dry.ts'
import { type Output, safe, Shown } from '../output.ts'

/** Misses that the table is followed by; `--json` has all. */
const SHOWN = 40

/** Where every case is run: what the files of this machine are must not change the figures. */
const NOWHERE: FactReader = {
  namesOf: (paths) => Promise.resolve(new Map(paths.map((path) => [path, [path]]))),
  scriptsOf: () => Promise.resolve(new Map()),
  projectRoot: () => Promise.resolve(undefined),
  home: () => '/home/you',
  homes: () => ['/home/you'],
}

/** 0 when the figures are as asked for, 1 when they are not. */
export async function run(invocation: Invocation): Promise<number> {
  const corpus = textFlag(invocation, 'corpus')
  const least = percentFlag(invocation, 'min-recall')
  const most = percentFlag(invocation, 'max-ask')
  const cases = corpus === undefined ? await ownCorpus() : await readCorpus(corpus)
  const services = { ...await dryServices(invocation), facts: NOWHERE }
  const judged: Judged[] = []
  for (const one of cases) judged.push(await judge(one, services))
  const summary = summarise(judged)
  if (invocation.out.json) invocation.out.data(summary)
  else print(summary, invocation.out)
  return summary.recall >= (least ?? 0) && summary.ask <= (most ?? 100) ? 0 : 1
}

async function judge(one: Case, services: Services): Promise<Judged> {
  try {
    const request = dryRequest(one.input, { tool: one.tool, cwd: '/home/you/project' })
    const { answer } = await decide({ ...request, explain: false }, services)
    return { ...one, decision: answer.decision, rule: answer.rule }
  } catch (error) {
    if (error instanceof RampartError) return { ...one, decision: 'error', rule: null }
    throw error
  }
}

function percentFlag(invocation: Invocation, name: string): number | undefined {
  const text = textFlag(invocation, name)
  if (text === undefined) return undefined
  const value = Number(text.replace(/%$/, ''))
  if (text.trim() !== '' && value >= 0 && value <= 100) return value
  throw new RampartError('usage', `--${name} is a share in percent, 0 to 100: not "${text}"`)
}

function print({ strata, categories, misses, recall, ask }: Summary, out: Output): void {
  const line = (cells: readonly string[]) =>
    out.line(safe`${cells.map((cell, i) => i === 0 ? cell.padEnd(44) : cell.padStart(8)).join('')}`)
  line(['', 'cases', 'denied', 'asked', 'passed', 'right'])
  for (const stratum of strata) {
    line([stratum.stratum, ...cellsOf(stratum)])
    for (const row of categories.filter((one) => one.stratum === stratum.stratum)) {
      if (row.category !== '') line([`  ${row.category}`, ...cellsOf(row)])
    }
  }
  for (const { id, tool, input, want, decision, rule } of misses.slice(0, SHOWN)) {
    const what = new Shown(abridge(input, 100))
    out.line(safe`miss ${id}: ${decision} ${rule ?? ''} (wanted ${want}) ${tool} ${what}`)
  }
  if (misses.length > SHOWN) out.line(safe`… and ${misses.length - SHOWN} more: see --json`)
  out.line(safe`recall ${recall.toFixed(1)} %, ordinary calls stopped ${ask.toFixed(1)} %`)
}

function cellsOf({ cases, denied, asked, passed, right }: Row): string[] {
  return [cases, denied, asked, passed, right].map(String)
}
