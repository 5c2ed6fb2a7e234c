import type { Shown, ShownEffect, ShownPart } from '../approval/approval.ts'
import { redact } from '../audit/redact.ts'
import { type Action, ACTIONS, type Call, type Decision, type Json } from '../engine/types.ts'
import { type Effect, effectsOf } from './effects.ts'
import type { Services } from './services.ts'

/** Most of a call that is kept for the approver beside its parameters, which are always whole. */
const PARTS = 256
const TEXT = 2000
const BYTES = 32_768
/** What a part costs beside its text. */
const PART = 48

/** Secrets of a value hidden as the trail hides them. */
export function hidden(json: Json, { hide }: Pick<Services, 'hide'>): Json {
  return hide === undefined ? redact(json) : hide(json)
}

/**
 * What an approver is shown of a call beside its parameters: the tree of its parts, each with the
 * strictest of what the policies say of it, and what it would touch. Made once, when it is asked, so that a
 * list costs nothing; bounded, with the parts that ask before all others, and it says what it left out.
 */
export function shownOf(
  call: Call,
  decision: Decision,
  services: Pick<Services, 'hide'>,
): Shown {
  const strictest = strictestBySubject(decision)
  const chosen = chosenParts(call, strictest)
  const place = new Map(chosen.map((index, i) => [index, i]))
  const parts = chosen.map((index): ShownPart => {
    const { kind, label, of } = call.subjects[index]!
    const parent = of === undefined ? undefined : place.get(of)
    return {
      kind,
      text: bounded(label),
      ...(parent === undefined ? {} : { of: parent }),
      ...(strictest.has(index) ? { action: strictest.get(index) } : {}),
    }
  })
  const { effects, complete } = effectsOf(call, decision)
  const touched = touchedOf(effects)
  return {
    parts: withoutSecrets(parts, services),
    effects: withoutSecrets(touched, services),
    effectsComplete: complete && touched.length === effects.length,
    omitted: call.subjects.length - parts.length,
  }
}

function strictestBySubject({ votes }: Decision): ReadonlyMap<number, Action> {
  const strictest = new Map<number, Action>()
  for (const { subject, action } of votes) {
    const known = strictest.get(subject)
    if (known === undefined || ACTIONS.indexOf(action) < ACTIONS.indexOf(known)) {
      strictest.set(subject, action)
    }
  }
  return strictest
}

/** Indices of the subjects that are shown, ascending: those that ask and theirs first, then from the front. */
function chosenParts({ subjects }: Call, strictest: ReadonlyMap<number, Action>): number[] {
  const asking = [...strictest].flatMap(([index, action]) => {
    const { of } = subjects[index]!
    return action !== 'require_approval' ? [] : of === undefined ? [index] : [of, index]
  })
  const chosen = new Set<number>()
  let left = BYTES
  for (const index of [...asking, ...subjects.keys()]) {
    if (chosen.has(index)) continue
    left -= Math.min(subjects[index]!.label.length, TEXT) + PART
    if (chosen.size >= PARTS || left < 0) break
    chosen.add(index)
  }
  return [...chosen].sort((a, b) => a - b)
}

function touchedOf(effects: readonly Effect[]): ShownEffect[] {
  const kept: ShownEffect[] = []
  let left = BYTES
  for (const { tool, path, url, by } of effects) {
    left -= Math.min((path ?? url ?? '').length, TEXT) + by.length + PART
    if (left < 0) break
    kept.push({
      tool,
      ...(path === undefined ? {} : { path: bounded(path) }),
      ...(url === undefined ? {} : { url: bounded(url) }),
      by,
    })
  }
  return kept
}

function withoutSecrets<T extends object>(
  items: readonly T[],
  services: Pick<Services, 'hide'>,
): readonly T[] {
  return hidden(items as unknown as Json, services) as unknown as readonly T[]
}

/** Head and tail, with how much is between them: what stands at the end is no less dangerous. */
function bounded(text: string): string {
  if (text.length <= TEXT) return text
  const half = TEXT / 2
  return `${text.slice(0, half)} …[${text.length - TEXT} more]… ${text.slice(-half)}`
}
