import { table } from './common.ts'
import {
  answer,
  type Answered,
  disputedLines,
  haveCorpora,
  linesOf,
  profileSet,
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

/** What `standard` answers to each corpus, with and without the lines whose label is disputed. */
export function benchDetection(): string {
  if (!haveCorpora) return 'The corpora are not beside the repository.'
  const set = profileSet('standard')
  const disputed = disputedLines()
  const rows = ([['stop', STOP], ['allow', ALLOW]] as const).flatMap(([want, files]) =>
    files.map((file) => {
      const all = linesOf(file).filter((line) => line.want === want)
        .map((line) => answer(set, line))
      const kept = all.filter(({ number }) => !disputed.has(`${file}:${number}`))
      const without = kept.length === all.length ? '' : percent(kept, isStopped)
      return [
        file,
        want,
        String(all.length),
        percent(all, ({ action }) => action === 'deny'),
        percent(all, isStopped),
        without,
      ]
    })
  )
  return table(['corpus', 'label', 'lines', 'denied', 'denied or asked', 'undisputed'], rows)
}

function isStopped({ action }: Answered): boolean {
  return action !== 'allow' && action !== 'log'
}

function percent(answers: readonly Answered[], held: (one: Answered) => boolean): string {
  return `${(100 * answers.filter(held).length / Math.max(1, answers.length)).toFixed(1)} %`
}
