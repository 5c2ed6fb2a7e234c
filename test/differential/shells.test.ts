import assert from 'node:assert/strict'
import process from 'node:process'
import { test } from 'node:test'
import { readCommandLine } from '../../src/intercept/shell/read.ts'
import { onlyOn } from '../helpers/runtime.ts'
import { lineOf } from './commands.ts'
import { coverOf } from './covers.ts'
import { isTame, makeLab, pathOf, removeLab, runLines } from './lab.ts'
import { Random } from './random.ts'
import type { Shell } from './words.ts'

/** Lines a shell; `RAMPART_SHELL_LINES` and `RAMPART_SHELL_SEED` look further. */
const LINES = Number(process.env['RAMPART_SHELL_LINES'] ?? 1000)
const SEED = Number(process.env['RAMPART_SHELL_SEED'] ?? 20_261_124)

/** Spellings that mean something else to one shell; the reader takes them as bash does. */
const OTHERWISE: Readonly<Record<Shell, RegExp>> = {
  // A here-document inside of arithmetic is read by bash as nobody would.
  bash: /\$\(\([^]*<</,
  dash: /\$["']|\$\(\([^]*<<|<<[^]*\bfor\b[^]*\n/,
  zsh: /\$"|\$\d\d|[ (\n]=[a-z]|\$\(\([^]*<</,
}

function linesFor(shell: Shell): string[] {
  const random = new Random(SEED)
  const lines: string[] = []
  while (lines.length < LINES) {
    const line = lineOf(random, shell)
    if (isTame(line) && !OTHERWISE[shell].test(line)) lines.push(line)
  }
  return lines
}

for (const shell of ['bash', 'dash', 'zsh'] as const) {
  // The reader's own tables run everywhere; the lines of a seed are the same on each runtime.
  const reason = pathOf(shell) === undefined
    ? `${shell} is not here`
    : onlyOn('node', 'the shell is the same')
  test(`what ${shell} runs of generated lines was foreseen`, { skip: reason }, async () => {
    const lab = makeLab()
    try {
      const lines = linesFor(shell)
      const runs = await runLines(lab, shell, lines, 'lines')
      const ground = { home: lab.home, splits: shell !== 'zsh' }
      const missed = lines.flatMap((line, i) => {
        const { subjects } = readCommandLine(line, { cwds: [], homes: [lab.home] })
        const unseen = runs[i]!.filter((argv) => coverOf(argv, subjects, ground) === undefined)
        return unseen.length === 0 ? [] : [{ line, unseen }]
      })
      assert.ok(runs.flat().length > LINES / 2, 'the lines run programs')
      assert.deepEqual(missed, [])
    } finally {
      removeLab(lab)
    }
  })
}

test('a program that nobody foresaw is seen to be missed', () => {
  const { subjects } = readCommandLine('p1 a', { cwds: [], homes: [] })
  const ground = { home: '/h', splits: true }
  assert.equal(coverOf(['p1', 'a'], subjects, ground), 'exact')
  assert.equal(coverOf(['p1', 'b'], subjects, ground), undefined)
  assert.equal(coverOf(['rm', 'a'], subjects, ground), undefined)
})
