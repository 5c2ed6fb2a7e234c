import { get } from './api.ts'
import { badge, card, clock, effectList, empty, facts, gist, micros, slot } from './bits.ts'
import { type Child, h } from './dom.ts'
import { block, brief, json } from './shown.ts'
import type { Event } from './wire.ts'

/** All that the trail holds of one event. */
export async function eventDetail(id: string): Promise<Child> {
  const { events: [event] } = await get<{ events: readonly Event[] }>('/v1/audit/events', {
    id,
    limit: 1,
  })
  if (event === undefined) return empty('No such event', 'It is not in the trail, or not any more.')
  const { decision, request } = event
  return [
    decided(event),
    card(
      'Call',
      event.tool === '' ? null : h('p', {}, brief(event.tool, 80)),
      block(gist(request), 'Call'),
      h(
        'details',
        {},
        h('summary', {}, 'The request as it was recorded'),
        json(request, 'Request'),
      ),
    ),
    decision.effects === undefined
      ? null
      : card('Touches', effectList(decision.effects, undefined)),
    who(event),
    card(
      'In the chain',
      facts([
        ['Seq', String(event.seq)],
        ['Id', h('code', {}, brief(event.id, 40))],
        ['Hash', h('code', { class: 'wrap' }, brief(event.hash, 90))],
        ['Hash before', h('code', { class: 'wrap' }, brief(event.prev_hash, 90))],
      ]),
      prover(event.id),
    ),
  ]
}

function decided({ decision, enforced, mode }: Event): HTMLElement {
  return card(
    'What was decided',
    facts([
      ['Action', badge(decision.action)],
      ['Message', decision.message === undefined ? null : brief(decision.message, 400)],
      ['Policy', decision.policy === undefined ? null : brief(decision.policy, 120)],
      ['Rule', decision.rule === undefined ? null : h('code', {}, brief(decision.rule, 120))],
      ['Enforced', enforced ? 'yes' : 'no'],
      ['Mode', brief(mode, 20)],
      ['Time to evaluate', micros(decision.eval_us)],
    ]),
  )
}

function who(event: Event): HTMLElement {
  const { links = [] } = event
  return card(
    'Who',
    facts([
      ['Time', clock(event.time)],
      ['Kind', brief(event.kind, 30)],
      ['Agent', brief(event.agent, 120)],
      ['Session', brief(event.session, 120)],
      ['Run', event.run_id === undefined ? null : brief(event.run_id, 120)],
      ['Tool call', event.tool_call_id === undefined ? null : brief(event.tool_call_id, 120)],
      ['Credential', h('code', {}, brief(event.principal, 80))],
      ['Came in by', brief(event.via, 20)],
      [
        'Belongs to',
        links.length === 0
          ? null
          : links.map((link) => h('div', {}, h('code', {}, brief(link, 80)))),
      ],
    ]),
  )
}

interface Proof {
  readonly index: number
  readonly size: number
  readonly hashes: readonly string[]
}

/** A proof that the event is in the trail, made when it is asked for. */
function prover(id: string): Child {
  const place = slot()
  return [
    h('button', {
      onclick: () =>
        void place.load(async () => {
          const proof = await get<Proof>(`/v1/audit/proof/${encodeURIComponent(id)}`)
          return [
            h(
              'p',
              {},
              `Leaf ${proof.index} of ${proof.size}, ${proof.hashes.length} hashes to the signed root. `,
              'Check it elsewhere with ',
              h('code', {}, 'rampart audit verify-proof'),
              '.',
            ),
            json(proof as never, 'Proof'),
          ]
        }, 'The proof'),
    }, 'Prove that it is in the trail'),
    place.element,
  ]
}
