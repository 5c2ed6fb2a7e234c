import type { Json } from '../engine/types.ts'
import { type Leaves, leavesOf } from '../service/leaves.ts'
import { answer, rawFailure } from './denial.ts'
import type { Message } from './message.ts'

/** Keys of the protocol: no rule means them. */
const USUAL = new Set(
  'content type text data mimeType isError structuredContent resource uri blob name title description contents messages role _meta annotations code message completion values total hasMore'
    .split(' '),
)

/** All texts of an answer that response rules look at, those that others may stand for first. */
export function textsOf(leaves: Leaves): readonly string[] {
  return [...leaves.texts, ...leaves.fixed]
}

/** An answer taken apart: every text of it, in whichever content, structured content or key it stands. */
export function leavesOfAnswer(said: Json): Leaves {
  return leavesOf(said, USUAL)
}

/**
 * The answer in its shape with these texts in the place of its own. Undefined where that cannot be said: a key
 * or number would have to change, or a number is not one that can be written again as it was.
 */
export function answerWith(
  message: Extract<Message, { readonly kind: 'result' | 'error' }>,
  leaves: Leaves,
  shown: readonly string[],
): string | undefined {
  const { texts, fixed, rebuilt } = leaves
  if (shown.length !== texts.length + fixed.length) return undefined
  if (fixed.some((text, at) => shown[texts.length + at] !== text)) return undefined
  const said = message.kind === 'result' ? message.result : message.error
  if (message.id === null || hasInexact(said)) return undefined
  const changed = rebuilt(shown.slice(0, texts.length))
  return message.kind === 'result' ? answer(message.id, changed) : rawFailure(message.id, changed)
}

/** Whether a number may have been another one before it was read. */
function hasInexact(value: Json): boolean {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(hasInexact)
}
