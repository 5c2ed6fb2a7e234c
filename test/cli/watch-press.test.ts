import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { WireApproval } from '../../src/cli/approval-text.ts'
import { type Deed, press } from '../../src/cli/watch/press.ts'
import {
  firstState,
  type State,
  withApprovals,
  withEvents,
  without,
} from '../../src/cli/watch/state.ts'
import { APPROVALS, CHOICES, EVENTS, NOW } from '../helpers/watch.ts'

const approval = (id: string, minute = 0): WireApproval => ({
  ...APPROVALS.deploy!,
  id,
  created_at: new Date(NOW + minute * 60_000).toISOString(),
})
const first = (...ids: string[]) =>
  withApprovals(firstState(80, 24, NOW), ids.map((id, index) => approval(id, index)), true)

function pressed(state: State, ...keys: string[]): { state: State; deeds: Deed[] } {
  const deeds: Deed[] = []
  for (const key of keys) {
    const { state: next, deed } = press(state, key)
    state = next
    if (deed !== undefined) deeds.push(deed)
  }
  return { state, deeds }
}

test('a and d answer what is chosen, once', () => {
  const { state, deeds } = pressed(first('A', 'B'), 'a', 'a', 'd', 'j', 'd')
  assert.deepEqual(deeds, [
    { do: 'resolve', id: 'A', approved: true },
    { do: 'resolve', id: 'B', approved: false },
  ])
  assert.deepEqual([...state.busy], ['A', 'B'])
})

test('the list shifts between look and key: what is chosen stays, or nothing is', () => {
  const state = pressed(first('A', 'B', 'C'), 'j').state
  assert.equal(state.approval, 'B')
  const shifted = withApprovals(state, [approval('X', -1), approval('C', 2), approval('B', 1)])
  assert.deepEqual(shifted.approvals.map(({ id }) => id), ['X', 'B', 'C'])
  assert.deepEqual(pressed(shifted, 'a').deeds, [{ do: 'resolve', id: 'B', approved: true }])
  const gone = withApprovals(state, [approval('A'), approval('C', 2)])
  assert.equal(gone.approval, undefined)
  assert.match(gone.note?.text ?? '', /waits no longer/)
  assert.deepEqual(pressed(gone, 'a', 'd', 'A').deeds, [])
  assert.deepEqual(pressed(gone, 'j', 'a').deeds, [{ do: 'resolve', id: 'A', approved: true }])
  assert.deepEqual(pressed(without(state, 'B'), 'd').deeds, [])
  // Only the list of the beginning chooses by itself.
  const empty = withApprovals(first(), [approval('N')])
  assert.deepEqual(pressed(empty, 'a').deeds, [])
})

test('no key ever answers a call that was not chosen when it was last shown', () => {
  const ids = ['A', 'B', 'C', 'D']
  const step = fc.oneof(
    fc.record({
      key: fc.constantFrom('a', 'd', 'j', 'k', 'g', 'G', 'tab', 'escape', 'A', 'enter'),
    }),
    fc.record({ list: fc.subarray(ids) }),
    fc.record({ filter: fc.constantFrom('/', 'x') }),
  )
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    let state = first(...ids)
    for (const one of steps) {
      if ('list' in one) {
        const before = state.approval
        state = withApprovals(state, one.list.map((id) => approval(id, ids.indexOf(id))))
        assert.ok(state.approval === before || state.approval === undefined)
        continue
      }
      const chosen = state.approval
      const { state: next, deed } = press(state, 'key' in one ? one.key : one.filter)
      if (deed?.do === 'resolve' || deed?.do === 'choices') {
        assert.equal(deed.id, chosen)
        assert.equal(state.pane, 'approvals')
        assert.ok(state.approvals.some(({ id }) => id === chosen))
      }
      state = next
    }
  }))
})

test('always shows the choices and asks once more; what is refused, or gone, is not kept', () => {
  const asked = pressed(first('A'), 'A')
  assert.deepEqual(asked.deeds, [{ do: 'choices', id: 'A' }])
  assert.deepEqual(pressed(asked.state, 'enter', 'y', 'a').deeds, [])
  const offered = {
    ...asked.state,
    keeping: { ...asked.state.keeping!, choices: CHOICES },
  }
  assert.deepEqual(pressed(offered, 'a', 'y', 'd').deeds, [])
  assert.deepEqual(pressed(offered, 'j', 'enter', 'n', 'k', 'enter', 'y').deeds, [
    { do: 'keep', id: 'A', generalisation: 'exact' },
  ])
  assert.deepEqual(pressed(offered, 'j', 'j', 'j', 'enter', 'y').deeds, [])
  assert.equal(pressed(offered, 'escape').state.keeping, undefined)
  const gone = withApprovals(pressed(offered, 'enter').state, [approval('B')])
  assert.equal(gone.keeping, undefined)
  assert.deepEqual(pressed(gone, 'y').deeds, [])
})

test('a filter is typed without answering, kept with Enter, taken away with Esc', () => {
  const typed = pressed(first('A', 'B'), '/', 'a', 'd', 'q', 'backspace', '?')
  assert.deepEqual([typed.deeds, typed.state.typed], [[], 'ad?'])
  assert.equal(pressed(typed.state, 'enter').state.filter, 'ad?')
  assert.equal(pressed(typed.state, 'escape').state.filter, '')
  assert.equal(pressed(typed.state, 'enter', 'escape').state.filter, '')
  assert.deepEqual(pressed(typed.state, 'ctrl-c').deeds, [{ do: 'quit' }])
})

test('the newest decision is followed until another is chosen, which then stays', () => {
  const events = [EVENTS.allow!, EVENTS.deny!]
  const state = pressed(withEvents(first(), events), 'tab').state
  assert.equal(state.event, undefined)
  const chosen = pressed(state, 'j').state
  assert.equal(chosen.event, 2)
  const more = withEvents(pressed(chosen, 'j').state, [EVENTS.ask!])
  assert.equal(more.event, 1)
  assert.equal(pressed(more, 'g').state.event, undefined)
})

test('events come once, in order, and the oldest of very many go', () => {
  const twice = withEvents(withEvents(first(), [EVENTS.allow!, EVENTS.deny!]), [
    EVENTS.deny!,
    EVENTS.ask!,
  ])
  assert.deepEqual(twice.events.map(({ seq }) => seq), [1, 2, 3])
  const many = Array.from({ length: 1500 }, (_, index) => ({ ...EVENTS.allow!, seq: index + 1 }))
  const kept = withEvents(first(), many).events
  assert.deepEqual([kept.length, kept[0]!.seq], [1000, 501])
})
