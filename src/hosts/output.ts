import type { Json } from '../engine/types.ts'

export { blanked, leavesOf } from '../service/leaves.ts'

/** An output as one text, for hosts that take nothing else. */
export function shownText(output: Json): string {
  return typeof output === 'string' ? output : JSON.stringify(output)
}
