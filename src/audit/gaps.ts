/** What programs let through while no server answered, as their own notes tell: a lower bound (F27). */
export interface Gaps {
  /** Notes in all. */
  readonly count: number
  /** Notes among them that say nothing. */
  readonly unreadable: number
  /** Of the first and the last, RFC 3339; null where none says when. */
  readonly since: string | null
  readonly until: string | null
  readonly layers: Readonly<Record<string, number>>
  /** A few of what ran. */
  readonly programs: readonly string[]
}

/** Longest note, in bytes: what is appended at once stays in one piece. */
export const NOTE_BYTES = 512
const LAYERS = new Set(['hook', 'shim', 'preload'])
const PROGRAMS = 5
const NAME = 200
/** Later than any clock that is only wrong. */
const LATEST_MS = 253_402_300_799_999

/**
 * Read notes, a JSON object a line: `{"time_ms":N,"pid":N,"layer":"preload","program":"…"}`. Whoever is
 * governed can write them, so nothing in them is believed beyond their number.
 */
export function readGaps(text: string): Gaps {
  const layers: Record<string, number> = {}
  const programs = new Set<string>()
  let [count, unreadable, first, last] = [0, 0, Infinity, -Infinity]
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    count++
    const note = noteOf(line)
    if (note === undefined) {
      unreadable++
      continue
    }
    layers[note.layer] = (layers[note.layer] ?? 0) + 1
    if (programs.size < PROGRAMS && note.program !== '') programs.add(note.program)
    if (note.time === undefined) continue
    first = Math.min(first, note.time)
    last = Math.max(last, note.time)
  }
  const shown = (time: number) => Number.isFinite(time) ? new Date(time).toISOString() : null
  return {
    count,
    unreadable,
    since: shown(first),
    until: shown(last),
    layers,
    programs: [...programs],
  }
}

function noteOf(
  line: string,
): { readonly layer: string; readonly program: string; readonly time?: number } | undefined {
  if (line.length > NOTE_BYTES) return undefined
  try {
    const value: unknown = JSON.parse(line)
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
    const { layer, program, time_ms: time } = value as Record<string, unknown>
    const plausible = typeof time === 'number' && time >= 0 && time <= LATEST_MS
    return {
      layer: typeof layer === 'string' && LAYERS.has(layer) ? layer : 'other',
      program: typeof program === 'string' ? program.slice(0, NAME) : '',
      ...(plausible ? { time: Math.trunc(time) } : {}),
    }
  } catch {
    return undefined
  }
}
