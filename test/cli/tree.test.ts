import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOutput } from '../../src/cli/output.ts'
import { printTree } from '../../src/cli/tree.ts'
import type { Explanation } from '../../src/service/api.ts'

function treeOf(call: string, explanation: Explanation): string {
  let text = ''
  const streams = { out: (t: string) => void (text += t), err: () => {} }
  printTree(call, explanation, createOutput(streams, { json: false, colour: false }))
  return text
}

const ANSWER: Explanation['answer'] = {
  allowed: false,
  decision: 'deny',
  message: 'No',
  policy: 'keys',
  rule: 'keys/1',
  matched_policies: ['keys', 'watch'],
  effects: [],
  effects_complete: true,
  eval_duration_us: 1,
  audit_id: 'x',
  enforced: false,
}

test('policy explain shows parts, effects, the rules that met them, and why the winner won', () => {
  const text = treeOf('cat ~/.ssh/id_rsa && ls', {
    answer: {
      ...ANSWER,
      trace: [
        {
          subject: 0,
          policy: 'watch',
          rule: 'watch/1',
          action: 'log',
          held: true,
          reasons: ['always'],
        },
        { subject: 0, policy: 'other', rule: 'other/1', action: 'deny', held: false, reasons: [] },
        {
          subject: 2,
          policy: 'keys',
          rule: 'keys/1',
          action: 'deny',
          held: true,
          reasons: ['path "/h/.ssh/id_rsa" matches "~/.ssh/*"'],
        },
      ],
    },
    subjects: [
      { kind: 'part', label: 'cat ~/.ssh/id_rsa' },
      { kind: 'part', label: 'ls' },
      { kind: 'effect', label: 'read /h/.ssh/id_rsa', of: 0 },
    ],
  })
  assert.equal(
    text,
    `cat ~/.ssh/id_rsa && ls  deny
├─ cat ~/.ssh/id_rsa
│  ├─ log  watch/1
│  │  └─ always
│  └─ effect read /h/.ssh/id_rsa
│     └─ deny  keys/1  ← decides
│        └─ path "/h/.ssh/id_rsa" matches "~/.ssh/*"
└─ ls
   └─ no rule: default_action counts
Decision: deny: No
Why: rule keys/1 of policy "keys": deny is stronger than log
`,
  )
})

test('policy explain says when a default decided', () => {
  const text = treeOf('ls', {
    answer: {
      ...ANSWER,
      allowed: true,
      decision: 'allow',
      message: 'No rule objects',
      policy: null,
      rule: null,
      trace: [],
    },
    subjects: [{ kind: 'part', label: 'ls' }],
  })
  assert.match(text, /Why: no rule decided, so default_action of the policy files does/)
})

test('F13 what the tree shows of a call cannot control the terminal', () => {
  const hostile = 'ls \x1b[2J\u202e'
  const text = treeOf(hostile, {
    answer: { ...ANSWER, message: hostile, trace: [] },
    subjects: [{ kind: 'part', label: hostile }],
  })
  assert.ok(!text.includes('\x1b') && !text.includes('\u202e'))
})

test('policy explain names the ask that the overlay answered, and no default', () => {
  const text = treeOf('git reset --hard', {
    answer: {
      ...ANSWER,
      allowed: true,
      decision: 'allow',
      message: 'No rule objects',
      policy: null,
      rule: null,
      trace: [{
        subject: 0,
        policy: 'work',
        rule: 'work/1',
        action: 'require_approval',
        held: true,
        reasons: [],
      }],
    },
    subjects: [{ kind: 'part', label: 'git reset --hard' }],
  })
  assert.match(text, /Why: an allow in policies\/user\.yaml answers what rule work\/1 would ask\n$/)
  assert.doesNotMatch(text, /default_action/)
})
