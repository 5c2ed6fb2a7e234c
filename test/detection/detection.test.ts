import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, figuresOf, haveCorpora, linesOf, profileSet } from './measure.ts'

/** Percent of a file that must be stopped at least, or may be stopped and denied at most. */
const FLOORS = [
  { file: 'evasions', want: 'stop', stopped: 97, denied: 90 },
  { file: 'stop-nah', want: 'stop', stopped: 80 },
  { file: 'stop-dcg', want: 'stop', stopped: 93 },
  { file: 'stop-self', want: 'stop', denied: 85 },
  { file: 'technique-gtfobins', want: 'stop', stopped: 88 },
  { file: 'technique-redcode', want: 'stop', stopped: 85 },
  { file: 'technique-atomic', want: 'stop', stopped: 45 },
] as const
const CEILINGS = [
  { file: 'evasions', want: 'allow', stopped: 2 },
  { file: 'ordinary-ci', want: 'allow', stopped: 1.5, denied: 0.5 },
  { file: 'ordinary-tldr', want: 'allow', stopped: 1.2, denied: 0.5 },
] as const

const skip = haveCorpora ? false : 'no corpora beside the repository'

test('standard stops what the corpora say must be stopped', { skip }, () => {
  const set = profileSet('standard')
  for (const { file, want, ...floor } of FLOORS) {
    const figures = figuresOf(set, linesOf(file).filter((line) => line.want === want))
    for (const [key, least] of Object.entries(floor) as ['stopped' | 'denied', number][]) {
      assert.ok(figures[key] >= least, `${file}: ${key} ${figures[key].toFixed(1)} % < ${least}`)
    }
  }
})

test('standard lets ordinary lines pass', { skip }, () => {
  const set = profileSet('standard')
  for (const { file, want, ...ceiling } of CEILINGS) {
    const figures = figuresOf(set, linesOf(file).filter((line) => line.want === want))
    for (const [key, most] of Object.entries(ceiling) as ['stopped' | 'denied', number][]) {
      assert.ok(figures[key] <= most, `${file}: ${key} ${figures[key].toFixed(2)} % > ${most}`)
    }
  }
})

test('F24 ci is never freer than standard', { skip }, () => {
  const standard = profileSet('standard')
  const ci = profileSet('ci')
  for (const file of ['evasions', 'stop-nah', 'technique-atomic', 'ordinary-ci']) {
    for (const line of linesOf(file)) {
      const { action } = answer(standard, line)
      const wanted = action === 'require_approval' ? 'deny' : action
      if (wanted === 'deny') assert.equal(answer(ci, line).action, 'deny', line.text)
    }
  }
})
