import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate } from '../../src/engine/evaluate.ts'
import { RampartError } from '../../src/errors.ts'
import { callOf, factsOf, setOf } from '../helpers/engine.ts'
import { randomLine } from './generate.ts'
import { SHAPES } from './shapes.ts'

const LETTERS = 'aebc;d$(/x'
/** Globs all of whose literals nearly any line holds. */
const globs = Array.from({ length: 300 }, (_, n) => {
  const letter = (at: number) => LETTERS[Math.floor(n / 10 ** at) % 10]!
  return [
    `*${letter(0)}*${letter(1)}${letter(2)}*${letter(0)}*`,
    `*${letter(1)}?${letter(0)}*${letter(2)}`,
    `${letter(0)}*${letter(1)}[!${letter(2)}]*`,
  ][n % 3]!
})
const setFor = (list: readonly string[]) =>
  setOf({ user: list.map((glob, n) => ({ name: `p${n}`, rules: [rule(glob)] })) })
const rule = (glob: string) => ({ action: 'deny', when: { command_matches: [glob] } })

/** Few enough for each to be held against a text by itself. */
const FEW = 50
const all = setFor(globs)
const apart = Array.from(
  { length: globs.length / FEW },
  (_, n) => setFor(globs.slice(n * FEW, (n + 1) * FEW)),
)

function assertAlike(line: string): void {
  let call
  try {
    call = callOf('exec', { command: line })
  } catch (error) {
    assert.ok(error instanceof RampartError)
    return
  }
  const votes = (set: typeof all) => evaluate(set, call, factsOf()).votes
  const found = votes(all).map(({ rank, subject }) => `${rank} ${subject}`)
  const wanted = apart.flatMap((set, n) =>
    votes(set).map(({ rank, subject }) => `${rank + n * FEW} ${subject}`)
  )
  assert.deepEqual(found, wanted)
}

test('F47 three hundred hostile globs say of hostile lines what each says alone', () => {
  for (const { tool, of } of SHAPES) if (tool === undefined) assertAlike(of(700))
})

test('F47 three hundred hostile globs say of random lines what each says alone', () => {
  for (let seed = 0; seed < 150; seed++) assertAlike(randomLine(seed).slice(0, 1500))
})
