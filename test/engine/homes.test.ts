import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { accountHomes } from '../../src/adapters/account-home.ts'
import { evaluate } from '../../src/engine/evaluate.ts'
import { callOf, factsOf, HOME, setOf } from '../helpers/engine.ts'

const OTHER = '/srv/other'
const facts = factsOf({ homes: [HOME, OTHER] })

/** `rule`, what is written, and what becomes of it where nothing else is said. */
const ROWS: readonly (readonly [string, object, string, string, 'allow' | 'deny'])[] = [
  [
    'a ban beneath ~ holds in both',
    { action: 'deny', when: { path_matches: ['~/.claude/**'] } },
    `${OTHER}/.claude/settings.json`,
    'allow',
    'deny',
  ],
  [
    'and in the own one',
    { action: 'deny', when: { path_matches: ['~/.claude/**'] } },
    `${HOME}/.claude/settings.json`,
    'allow',
    'deny',
  ],
  [
    'a permission beneath ~ is for the own one',
    { action: 'allow', when: { path_matches: ['~/notes/**'] } },
    `${HOME}/notes/a`,
    'deny',
    'allow',
  ],
  [
    'and for no other',
    { action: 'allow', when: { path_matches: ['~/notes/**'] } },
    `${OTHER}/notes/a`,
    'deny',
    'deny',
  ],
  [
    'what a ban leaves out is beneath the own one',
    { action: 'deny', when: { path_matches: ['/**'], path_not_matches: ['~/notes/**'] } },
    `${HOME}/notes/a`,
    'allow',
    'allow',
  ],
  [
    'and beneath no other',
    { action: 'deny', when: { path_matches: ['/**'], path_not_matches: ['~/notes/**'] } },
    `${OTHER}/notes/a`,
    'allow',
    'deny',
  ],
  [
    'what a permission leaves out is left out in both',
    { action: 'allow', when: { path_matches: ['/**'], path_not_matches: ['~/.ssh/**'] } },
    `${OTHER}/.ssh/id`,
    'deny',
    'deny',
  ],
]

for (const [what, rule, path, fallback, wanted] of ROWS) {
  test(`F35 with two homes: ${what}`, () => {
    const set = setOf({ user: [{ name: 'p', rules: [rule] }] }, fallback)
    assert.equal(evaluate(set, callOf('write', { path }), facts).action, wanted)
  })
}

test('the account has its own home first, and the one that HOME says where that is one', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-homes-'))
  const passwd = join(dir, 'passwd')
  writeFileSync(passwd, `me:x:${process.getuid?.() ?? 0}:0::/home/me:/bin/sh\n`)
  const said = ['', 'relative', '/', '/home/me/', '/srv/x/../other/', '/srv/other']
  assert.deepEqual(said.map((home) => accountHomes(passwd, home)), [
    ['/home/me'],
    ['/home/me'],
    ['/home/me'],
    ['/home/me'],
    ['/home/me', '/srv/other'],
    ['/home/me', '/srv/other'],
  ])
  rmSync(dir, { recursive: true })
})
