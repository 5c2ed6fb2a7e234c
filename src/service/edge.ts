import type { Via } from '../audit/event.ts'

export { ROLES } from '../intercept/mcp-words.ts'

/** Which edge of ours saw a call. One action may be seen by several of them (security.md F11). */
export const EDGE_LAYERS = ['hook', 'mcp', 'shim', 'preload', 'http'] as const
export type EdgeLayer = (typeof EDGE_LAYERS)[number]

/** Most parents of a process that a call may name. */
export const PARENTS = 64

/** What a call says of where it was seen. Claims: they are kept and may tighten, they permit nothing. */
export interface Sighting {
  readonly layer: EdgeLayer
  readonly pid?: number | undefined
  /** Its parent first, then the parent of that. */
  readonly parents?: readonly number[] | undefined
}

/** How the trail says that a call came in: by the edge that saw it, else by the transport. */
export function viaOfSighting(seen: Sighting | undefined, transport: Via): Via {
  return seen === undefined || seen.layer === 'http' ? transport : seen.layer
}
