import assert from 'node:assert/strict'
import { evaluate } from '../../src/engine/evaluate.ts'
import type { Action, Call } from '../../src/engine/types.ts'
import { RampartError } from '../../src/errors.ts'
import { CODE_LENGTH, SPELLING_LIMIT, SUBJECT_LIMIT } from '../../src/intercept/shell/limits.ts'
import { profileSet } from '../detection/measure.ts'
import { callOf, factsOf } from '../helpers/engine.ts'

const standard = profileSet('standard')

/** What came of one line on the whole path: read, and judged by `standard` with self-protection. */
export interface Judged {
  readonly action: Action | 'refused'
  readonly rule: string
  readonly call?: Call
}

/** Only a refusal may be thrown; anything else is a defect. */
export function judged(tool: string, command: string): Judged {
  let call: Call
  try {
    call = callOf(tool, { command })
  } catch (error) {
    if (error instanceof RampartError && error.code === 'request_invalid') {
      return { action: 'refused', rule: '' }
    }
    throw error
  }
  const { action, winner } = evaluate(standard, call, factsOf())
  return { action, rule: winner?.rule ?? '', call }
}

/** Characters of a call that are held against rules: what judging it costs follows them. */
export function spelled({ subjects }: Call): number {
  let sum = 0
  for (const { command, paths, urls } of subjects) {
    sum += (command?.raw.length ?? 0) + (command?.words.length ?? 0) + (command?.whole.length ?? 0)
    for (const { path } of paths) sum += path.length
    for (const { url } of urls) sum += url.length
  }
  return sum
}

/**
 * What holds of any line whatever: counted, so that it holds on a slow machine too. Paths count twice, for
 * a part lists those of its effects; each may have a home or a directory in front.
 */
export function assertBounded(tool: string, command: string): Judged {
  const result = judged(tool, command)
  const { call } = result
  if (call === undefined) return result
  assert.ok(call.subjects.length <= SUBJECT_LIMIT, `${call.subjects.length} subjects`)
  const most = 3 * (SPELLING_LIMIT + 4 * Math.min(command.length, CODE_LENGTH)) + 65_536
  assert.ok(spelled(call) <= most, `${spelled(call)} characters of ${command.length}`)
  const bound = call.subjects.some(({ command }) => command?.unresolved.includes('bound'))
  if (bound) {
    assert.equal(call.complete, false)
    assert.ok(result.action === 'deny' || result.action === 'require_approval', result.action)
  }
  return result
}
