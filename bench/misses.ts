// What a profile gets wrong in a corpus, by group, with the rule that answered:
// `npm run bench -- misses FILE [PROFILE]`, FILE the name of a corpus or a path to one.
import process from 'node:process'
import {
  answer,
  type Answered,
  isStopped,
  type Line,
  linesOf,
  profileSet,
  readDisputed,
} from '../test/detection/measure.ts'

const LONGEST = 160

const [file, profile = 'standard'] = process.argv.slice(2)
if (file === undefined) {
  process.stderr.write('Usage: npm run bench -- misses FILE [PROFILE]\n')
  process.exit(64)
}

// Other labels of a corpus, such as `judgement`, have no wrong answer.
const lines = linesOf(file).filter(({ want }) => want === 'stop' || want === 'allow')
const set = profileSet(profile)
const missed = lines.map((line) => answer(set, line)).filter(isMiss)
const reasons = new Map(readDisputed().map((row) => [`${row.file}:${row.line}`, row.reason]))
const count = (list: readonly Line[], group: string) =>
  list.filter((line) => groupOf(line) === group).length

// A reader such as `head` may stop before the end.
process.stdout.on('error', () => process.exit(0))
process.stdout.write(`${missed.length} of ${lines.length} lines of ${file} by ${profile}\n`)
for (const [group, own] of Map.groupBy(missed, groupOf)) {
  process.stdout.write(`\n${group}: ${own.length} of ${count(lines, group)}\n`)
  for (const one of own) process.stdout.write(`${rowOf(one)}\n`)
}

function isMiss({ want, action }: Answered): boolean {
  return isStopped(action) !== (want === 'stop')
}

function groupOf({ want, group }: Line): string {
  return `want ${want}${group === '' ? '' : `, ${group}`}`
}

/** One line of a terminal each, whatever the call holds. */
function rowOf({ number, action, rule, text }: Answered): string {
  const reason = reasons.get(`${file}:${number}`)
  const shown = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
  const cut = shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown
  const why = reason === undefined ? '' : `   # disputed: ${reason}`
  return `  ${number}  ${action}  ${rule || '(default)'}  ${cut}${why}`
}
