import assert from 'node:assert/strict'
import { test } from 'node:test'
import { droppedRules } from '../../src/adapters/policy-drop.ts'
import { setOf } from '../helpers/service.ts'

const asking = (more: string) =>
  setOf(`version: "1"
default_action: allow
policies:
  - name: p
    rules: [{action: require_approval, when: {command_matches: "x*"}${more}}]
`)

test('F16 a rule that asks fewer people is told as dropped, one that asks more is not', () => {
  assert.deepEqual(droppedRules(asking(', approvers: 2'), asking(', approvers: 1')), ['p/1'])
  assert.deepEqual(droppedRules(asking(', approvers: 2'), asking('')), ['p/1'])
  assert.deepEqual(droppedRules(asking(''), asking(', approvers: 3')), [])
  assert.deepEqual(droppedRules(asking(', timeout: 5m'), asking(', timeout: 6m')), [])
  assert.deepEqual(droppedRules(asking(''), setOf('version: "1"\ndefault_action: allow\n')), [
    'p/1',
  ])
})
