import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { ROOT, RUNTIMES, type Section, table } from './common.ts'
import {
  answer,
  disputedLines,
  type Figures as Shares,
  haveCorpora,
  linesOf,
  profileSet,
  sharesOf,
} from '../test/detection/measure.ts'

const STOP = [
  'evasions',
  'stop-nah',
  'stop-dcg',
  'stop-self',
  'technique-gtfobins',
  'technique-redcode',
  'technique-atomic',
]
const ALLOW = [
  'evasions',
  'nearmiss-nah',
  'ordinary-ci',
  'ordinary-nl2bash',
  'ordinary-tldr',
  'ordinary-dcg',
  'ordinary-intercode',
]

const HEAD = ['corpus', 'label', 'lines', 'deny', 'ask', 'allow']

/** What `standard` answers to each corpus, with and without the lines whose label is disputed. */
export function benchDetection(): Section {
  const own = ownCorpus()
  if (!haveCorpora) {
    const missing = 'The other corpora are not beside the repository.'
    return { markdown: `${table(HEAD, own)}\n\n${missing}`, figures: {} }
  }
  const set = profileSet('standard')
  const disputed = disputedLines()
  const figures: Record<string, number> = {}
  const rows = ([['stop', STOP], ['allow', ALLOW]] as const).flatMap(([want, files]) =>
    files.flatMap((file) => {
      const all = linesOf(file).filter((line) => line.want === want)
        .map((line) => answer(set, line))
      const kept = all.filter(({ number }) => !disputed.has(`${file}:${number}`))
      const shares = sharesOf(all)
      note(figures, `${file}.${want}`, '', shares)
      const row = [file, want, ...cells(shares)]
      if (kept.length === all.length) return [row]
      const without = sharesOf(kept)
      note(figures, `${file}.${want}`, '.undisputed', without)
      return [row, [`${file} without disputed lines`, want, ...cells(without)]]
    })
  )
  return { markdown: table(HEAD, [...own, ...rows]), figures }
}

/** The cases of `rampart bench`, which it judges itself; a risky one may ask, never be denied. */
function ownCorpus(): string[][] {
  const home = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
  try {
    const [program = '', ...args] = RUNTIMES['node']!
    const cli = [join(ROOT, 'src/cli.ts'), 'bench', '--profile', 'standard', '--json']
    const env = { PATH: process.env['PATH'], HOME: home, RAMPART_HOME: join(home, '.rampart') }
    const { status, stdout, stderr } = spawnSync(program, [...args, ...cli], {
      cwd: home,
      env,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    const { strata } = JSON.parse(stdout) as { strata: readonly Stratum[] }
    return strata.map(({ stratum, cases, denied, asked, passed }) => [
      `own ${stratum}`,
      LABELS[stratum] ?? 'not deny',
      String(cases),
      ...[denied, asked, passed].map((count) => `${(100 * count / cases).toFixed(1)} %`),
    ])
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const LABELS: Readonly<Record<string, string>> = {
  'must-stop': 'stop',
  technique: 'stop',
  ordinary: 'allow',
}

interface Stratum {
  readonly stratum: string
  readonly cases: number
  readonly denied: number
  readonly asked: number
  readonly passed: number
}

function cells({ lines, denied, asked, allowed }: Shares): string[] {
  return [String(lines), ...[denied, asked, allowed].map((share) => `${share.toFixed(1)} %`)]
}

function note(figures: Record<string, number>, name: string, suffix: string, shares: Shares): void {
  for (const key of ['denied', 'stopped', 'allowed'] as const) {
    figures[`${name}.${key}${suffix}`] = shares[key]
  }
}
