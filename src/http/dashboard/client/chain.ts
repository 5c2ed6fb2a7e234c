import { get, Problem } from './api.ts'
import { card, clock, facts, failure, notice, slot } from './bits.ts'
import { type Child, h, s } from './dom.ts'
import { brief } from './shown.ts'
import type { Event, Status } from './wire.ts'

interface Anchor {
  readonly seq: number
  readonly time: string
  readonly key_id: string
  readonly hash: string
}

interface Verified {
  readonly events: number
  readonly head: { readonly seq: number; readonly hash: string }
  readonly findings: readonly {
    readonly kind: string
    readonly file: string
    readonly line: number
    readonly message: string
  }[]
  readonly anchors: {
    readonly count: number
    readonly last_seq: number
    readonly key_ids: readonly string[]
  }
  readonly duration_ms: number
}

const LINKS = 6

/** Whether the trail is what was written: its last links, how far it is anchored, and a check of all of it. */
export function chainCard(): HTMLElement {
  const picture = slot()
  const checked = slot()
  void picture.load(drawn, 'The chain')
  const button = h('button', {
    onclick: () => {
      button.disabled = true
      void checked.load(verify, 'The check').finally(() => button.disabled = false)
    },
  }, 'Verify all of it')
  return card('Chain', picture.element, h('div', { class: 'buttons' }, button), checked.element)
}

async function drawn(): Promise<Child> {
  const [{ events }, status, anchor] = await Promise.all([
    get<{ events: readonly Event[] }>('/v1/audit/events', { limit: LINKS }),
    get<Status>('/v1/status'),
    get<Anchor>('/v1/audit/checkpoint').catch((error: unknown) => error),
  ])
  const known = isAnchor(anchor) ? anchor : undefined
  return [
    line(status.audit.seq, known),
    h('ol', {
      class: 'links',
      'aria-label': 'The last events, each with the hash of the one before',
    }, [...events].reverse().map((event) => link(event, known))),
    known === undefined ? unanchored(anchor) : lastAnchor(known),
  ]
}

function lastAnchor({ seq, time, key_id }: Anchor): HTMLElement {
  return facts([
    ['Last anchor', `covers all up to #${seq}`],
    ['Signed', clock(time)],
    ['Key', h('code', {}, brief(key_id, 80))],
  ])
}

function unanchored(error: unknown): HTMLElement {
  const isFirst = error instanceof Problem && error.status === 404
  return isFirst
    ? h('p', { class: 'muted' }, 'No anchor yet: the first one is signed seconds after an event.')
    : failure(error, 'The last anchor')
}

function isAnchor(value: unknown): value is Anchor {
  return typeof value === 'object' && value !== null && 'seq' in value && 'key_id' in value
}

function link({ id, seq, kind, hash, prev_hash }: Event, anchor: Anchor | undefined): HTMLElement {
  const short = (text: string) => text.replace(/^sha256:/, '').slice(0, 8)
  const isAnchored = anchor !== undefined && seq <= anchor.seq
  return h(
    'li',
    { class: isAnchored ? 'anchored' : '' },
    h('a', { href: `#/audit/event/${encodeURIComponent(id)}` }, `#${seq}`),
    h('span', {}, brief(kind, 16)),
    h('code', {}, h('span', { class: 'muted' }, '← '), brief(short(prev_hash), 8)),
    h('code', {}, brief(short(hash), 8)),
    h('span', { class: 'muted' }, isAnchored ? 'anchored' : 'not anchored yet'),
  )
}

/** The text of the picture stands beside it, so it may be as wide as the page is. */
const WIDTH = 720

/** From the first event to the last: what an anchor covers, and what none does yet. */
function line(head: number, anchor: Anchor | undefined): HTMLElement {
  const covered = anchor?.seq ?? 0
  const x = (seq: number) => 8 + (WIDTH - 16) * (head === 0 ? 0 : Math.min(1, seq / head))
  const said = `${head} events, ${covered} of them under a signed anchor`
  // Anchors stand at each hundredth event; of a long trail only so many are drawn as can be told apart.
  const step = 100 * Math.max(1, Math.ceil(head / 100 / 60))
  const ticks = Array.from({ length: Math.floor(covered / step) }, (_, index) => (index + 1) * step)
  return h(
    'figure',
    { class: 'chain-box' },
    s(
      'svg',
      { viewBox: `0 0 ${WIDTH} 16`, class: 'chain', role: 'img', 'aria-label': said },
      s('line', { class: 'open', x1: x(0), x2: x(head), y1: 8, y2: 8 }),
      s('line', { class: 'sealed', x1: x(0), x2: x(covered), y1: 8, y2: 8 }),
      ticks.map((seq) => s('circle', { class: 'anchor', cx: x(seq), cy: 8, r: 2.5 })),
      covered > 0 ? s('circle', { class: 'anchor last', cx: x(covered), cy: 8, r: 4 }) : null,
    ),
    h('figcaption', { class: 'muted' }, said),
  )
}

async function verify(): Promise<Child> {
  const { events, findings, anchors, duration_ms } = await get<Verified>('/v1/audit/verify')
  const told = `${events.toLocaleString('en')} events and ${anchors.count} ${
    anchors.count === 1 ? 'anchor' : 'anchors'
  } in ${duration_ms} ms`
  if (findings.length === 0) return notice('good', h('strong', {}, 'Unbroken. '), told)
  return [
    notice(
      'bad',
      h('strong', {}, `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}. `),
      told,
    ),
    h(
      'ul',
      { class: 'findings' },
      findings.slice(0, 100).map(({ kind, file, line: at, message }) =>
        h(
          'li',
          {},
          h('code', {}, brief(`${file}:${at}`, 120)),
          ' ',
          h('strong', {}, brief(kind, 40)),
          ' ',
          brief(message, 300),
        )
      ),
    ),
  ]
}
