import { RampartError } from '../../src/errors.ts'
import type { RulesApi } from '../../src/service/rules-api.ts'
import type { ShownRule } from '../../src/service/rules.ts'

export const RULE: ShownRule = {
  id: 'RULE1',
  action: 'allow',
  scope: 'always',
  tool: 'exec',
  generalisation: 'program',
  text: 'every command of curl',
  agent: null,
  session: null,
  run_id: null,
  principal: null,
  answers: 'guard/1',
  cwd: null,
  created_at: null,
  created_by: null,
  expires_at: null,
  calls_left: null,
  once: false,
  source: 'user.yaml',
  denial: false,
  in_force: true,
}

const CHOICE = {
  generalisation: 'program',
  text: RULE.text,
  available: true,
  refused: null,
  matched: { of: 0, count: 0, examples: [] },
  admits: [],
} as const

/** Rules of which there is one. */
export const fakeRules: RulesApi = {
  list: () => Promise.resolve([RULE]),
  create: (_caller, { pattern }) =>
    pattern === 'rm -rf /'
      ? Promise.reject(new RampartError('rule_refused', 'No rule is made: guard/1 denies it'))
      : Promise.resolve([RULE]),
  preview: () => Promise.resolve(CHOICE),
  remove: (_caller, id) =>
    id === RULE.id
      ? Promise.resolve()
      : Promise.reject(new RampartError('not_found', 'There is no such rule')),
  reset: () => Promise.resolve(1),
  choices: () => Promise.resolve([CHOICE]),
}
