import { indexedTrail } from '../../adapters/audit-index.ts'
import type { AuditEvent } from '../../audit/event.ts'
import { evaluate } from '../../engine/evaluate.ts'
import type { PolicySet } from '../../engine/policy-set.ts'
import type { Action } from '../../engine/types.ts'
import { eventCall, plainFacts } from '../../service/rule-preview.ts'

const PAGE = 500

/** A recorded call that two sets answer differently. */
export interface Differing {
  readonly audit_id: string
  readonly event: AuditEvent
  readonly was: Action
  readonly is: Action
  /** Who decides now. */
  readonly rule: string | null
}

export interface Recorded {
  /** Calls that were looked at. */
  readonly of: number
  /** Calls that the trail has shortened, so that nobody can judge them again. */
  readonly unreadable: number
  readonly differing: readonly Differing[]
}

/** What the last calls of a trail would be answered by one set and by the other, as far as the trail tells. */
export async function judgeRecorded(
  dir: string,
  [before, after]: readonly [PolicySet, PolicySet],
  { most, home, now }: { readonly most: number; readonly home: string; readonly now: number },
): Promise<Recorded> {
  const reader = indexedTrail({ dir })
  const facts = plainFacts(now, home)
  const differing: Differing[] = []
  let of = 0
  let unreadable = 0
  try {
    let next: number | undefined
    while (of < most) {
      const limit = Math.min(PAGE, most - of)
      const page = await reader.page({ kind: 'decision', limit, after: next })
      for (const event of page.events) {
        of++
        const call = eventCall(event, home)
        if (call === undefined) {
          unreadable++
          continue
        }
        const [was, is] = [before, after].map((set) => evaluate(set, call, facts))
        if (was!.action === is!.action) continue
        const rule = is!.winner?.rule ?? null
        differing.push({ audit_id: event.id, event, was: was!.action, is: is!.action, rule })
      }
      if (page.next === undefined) break
      next = page.next
    }
  } finally {
    reader.close()
  }
  return { of, unreadable, differing }
}
