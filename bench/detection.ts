import { type Section, table } from './common.ts'
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
  if (!haveCorpora) return { markdown: 'The corpora are not beside the repository.', figures: {} }
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
  return { markdown: table(HEAD, rows), figures }
}

function cells({ lines, denied, asked, allowed }: Shares): string[] {
  return [String(lines), ...[denied, asked, allowed].map((share) => `${share.toFixed(1)} %`)]
}

function note(figures: Record<string, number>, name: string, suffix: string, shares: Shares): void {
  for (const key of ['denied', 'stopped', 'allowed'] as const) {
    figures[`${name}.${key}${suffix}`] = shares[key]
  }
}
