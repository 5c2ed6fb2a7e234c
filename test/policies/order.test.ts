import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { type Action, ACTIONS } from '../../src/engine/types.ts'
import { answer, haveCorpora, type Line, linesOf, profileSet } from '../detection/measure.ts'
import { runs } from '../helpers/runtime.ts'

const CORPORA = [
  'evasions',
  'stop-nah',
  'stop-self',
  'technique-atomic',
  'nearmiss-nah',
  'ordinary-ci',
]
/** Lines of one corpus that are tried, evenly taken. */
const SAMPLE = runs(400)

function fixtures(): Line[] {
  return ['dangerous', 'everyday'].flatMap((name) => {
    const file = new URL(`../fixtures/policies/${name}.yaml`, import.meta.url)
    return (parse(readFileSync(file, 'utf8')) as string[]).map((text, index): Line => ({
      tool: 'exec',
      params: { command: text },
      text,
      want: 'allow',
      group: name,
      number: index + 1,
    }))
  })
}

function sampled(name: string): Line[] {
  const lines = linesOf(name)
  const step = Math.max(1, Math.ceil(lines.length / SAMPLE))
  return lines.filter((_, index) => index % step === 0)
}

/** Every row of contract.md's order: a greater index is freer. */
const rank = (action: Action) => ACTIONS.indexOf(action)
const standard = profileSet('standard')
const lines = [...fixtures(), ...(haveCorpora ? CORPORA.flatMap(sampled) : [])]
  .map((line) => ({ ...line, standard: rank(answer(standard, line).action) }))

for (const name of ['strict', 'ci']) {
  test(`${name} is on no line freer than standard`, (context) => {
    if (!haveCorpora) {
      context.diagnostic('the corpora are not beside the repository: fixtures alone')
    }
    const profile = profileSet(name)
    const freer = lines.filter((line) => rank(answer(profile, line).action) > line.standard)
    assert.deepEqual(freer.map(({ text }) => text), [])
  })
}
