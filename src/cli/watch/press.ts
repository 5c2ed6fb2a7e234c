import type { Key } from './keys.ts'
import {
  chosenApproval,
  type Keeping,
  type Pane,
  type State,
  visibleApprovals,
  visibleEvents,
} from './state.ts'

/** What is to be done outside of the screen. */
export type Deed =
  | { readonly do: 'quit' }
  | { readonly do: 'redraw' }
  | { readonly do: 'stop' }
  | { readonly do: 'resolve'; readonly id: string; readonly approved: boolean }
  | { readonly do: 'choices'; readonly id: string }
  | { readonly do: 'keep'; readonly id: string; readonly generalisation: string }

export interface Pressed {
  readonly state: State
  readonly deed?: Deed | undefined
}

/** What a key does. */
export function press(state: State, key: Key): Pressed {
  if (key === 'ctrl-c' || key === 'ctrl-d') return { state, deed: { do: 'quit' } }
  if (key === 'ctrl-z') return { state, deed: { do: 'stop' } }
  if (key === 'ctrl-l') return { state, deed: { do: 'redraw' } }
  if (state.typed !== undefined) return { state: type(state, state.typed, key) }
  if (state.keeping !== undefined) return keep(state, state.keeping, key)
  if (state.help) return { state: { ...state, help: false } }
  const found = KEYS.get(key)
  return found === undefined ? { state } : found({ ...state, note: undefined })
}

const KEYS: ReadonlyMap<Key, (state: State) => Pressed> = new Map<Key, (state: State) => Pressed>([
  ['q', (state) => ({ state, deed: { do: 'quit' } })],
  ['?', (state) => ({ state: { ...state, help: true } })],
  ['/', (state) => ({ state: { ...state, typed: state.filter } })],
  ['escape', (state) => ({ state: { ...state, filter: '', event: undefined, scroll: 0 } })],
  ['tab', turn],
  ['shift-tab', turn],
  ['j', (state) => move(state, 1)],
  ['down', (state) => move(state, 1)],
  ['k', (state) => move(state, -1)],
  ['up', (state) => move(state, -1)],
  ['home', (state) => move(state, -Infinity)],
  ['g', (state) => move(state, -Infinity)],
  ['end', (state) => move(state, Infinity)],
  ['G', (state) => move(state, Infinity)],
  [' ', (state) => scroll(state, 5)],
  ['page-down', (state) => scroll(state, 5)],
  ['b', (state) => scroll(state, -5)],
  ['page-up', (state) => scroll(state, -5)],
  ['a', (state) => answer(state, true)],
  ['d', (state) => answer(state, false)],
  ['A', always],
])

function turn(state: State): Pressed {
  const pane: Pane = state.pane === 'approvals' ? 'events' : 'approvals'
  return { state: { ...state, pane, scroll: 0 } }
}

function scroll(state: State, by: number): Pressed {
  return { state: { ...state, scroll: Math.max(0, state.scroll + by) } }
}

function move(state: State, by: number): Pressed {
  const isEvents = state.pane === 'events'
  if (isEvents) {
    // Events stand newest first on the screen.
    const names = visibleEvents(state).map(({ seq }) => seq).reverse()
    const event = stepped(names, state.event, by)
    return {
      state: { ...state, event: event === names[0] && by < 0 ? undefined : event, scroll: 0 },
    }
  }
  const names = visibleApprovals(state).map(({ id }) => id)
  return { state: { ...state, approval: stepped(names, state.approval, by), scroll: 0 } }
}

/** The neighbour of what is chosen; the first where nothing is. */
function stepped<T>(names: readonly T[], chosen: T | undefined, by: number): T | undefined {
  const at = chosen === undefined ? -1 : names.indexOf(chosen)
  if (at < 0) return by === Infinity ? names.at(-1) : names[Math.min(names.length - 1, 0)]
  return names[Math.max(0, Math.min(names.length - 1, at + by))]
}

function answer(state: State, approved: boolean): Pressed {
  const chosen = answerable(state)
  if ('state' in chosen) return chosen
  const busy = new Set([...state.busy, chosen.id])
  return { state: { ...state, busy }, deed: { do: 'resolve', id: chosen.id, approved } }
}

function always(state: State): Pressed {
  const chosen = answerable(state)
  if ('state' in chosen) return chosen
  const keeping = { id: chosen.id, choices: undefined, at: 0, isConfirming: false }
  return { state: { ...state, keeping }, deed: { do: 'choices', id: chosen.id } }
}

/** What is chosen and on the screen; else why nothing is answered. */
function answerable(state: State): { readonly id: string } | { readonly state: State } {
  const say = (text: string) => ({ state: { ...state, note: { text, tone: 'yellow' as const } } })
  if (state.refused !== undefined) return say(state.refused)
  if (state.pane !== 'approvals') return say('Tab to the calls that wait, then answer')
  const chosen = chosenApproval(state)
  if (chosen === undefined) {
    return say(
      state.approvals.length === 0 ? 'Nothing waits for you' : 'Choose a call first: j or k',
    )
  }
  if (state.busy.has(chosen.id)) return say('Your answer is on its way')
  return { id: chosen.id }
}

function type(state: State, typed: string, key: Key): State {
  if (key === 'enter') return { ...state, filter: typed, typed: undefined }
  if (key === 'escape') return { ...state, typed: undefined }
  if (key === 'ctrl-u') return { ...state, typed: '' }
  if (key === 'backspace') return { ...state, typed: [...typed].slice(0, -1).join('') }
  const isText = [...key].length === 1 && typed.length < 200
  return isText ? { ...state, typed: typed + key } : state
}

function keep(state: State, keeping: Keeping, key: Key): Pressed {
  const { id, choices = [], at, isConfirming } = keeping
  const become = (change: Partial<Keeping>): Pressed => ({
    state: { ...state, keeping: { ...keeping, ...change } },
  })
  const chosen = choices[at]
  if (isConfirming && key === 'y' && chosen !== undefined) {
    const busy = new Set([...state.busy, id])
    const deed = { do: 'keep', id, generalisation: chosen.generalisation } as const
    return { state: { ...state, keeping: undefined, busy }, deed }
  }
  if (isConfirming) return become({ isConfirming: false })
  if (key === 'escape' || key === 'q') return { state: { ...state, keeping: undefined } }
  if (key === 'j' || key === 'down') return become({ at: Math.min(choices.length - 1, at + 1) })
  if (key === 'k' || key === 'up') return become({ at: Math.max(0, at - 1) })
  if (key === 'enter' && chosen?.available === true) return become({ isConfirming: true })
  return { state }
}
