import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cursor, cursorText, readCursor } from '../audit/cursor.ts'
import { NOTIFY_CLASSES } from '../engine/notify.ts'
import { type Held, NOTHING_HELD } from '../notify/throttle.ts'
import { replaceFile } from './replace-file.ts'
import { readSmall } from './safe-read.ts'

/** How far a destination is, and what is held back for its next digest: one file, so both or neither. */
export interface NotifyState {
  readonly cursor: Cursor
  readonly held: Held
}

const LIMIT = 1 << 17
const END = '.json'

/** The states of a trail's destinations, a file each, in `.private/notify`. */
export class NotifyStates {
  readonly #dir: string

  constructor(trail: string) {
    this.#dir = join(trail, '.private', 'notify')
  }

  /** A destination that is taken out begins anew when it comes back: what happened meanwhile is no news. */
  async keepOnly(names: readonly string[]): Promise<void> {
    if (names.length > 0) await mkdir(this.#dir, { recursive: true, mode: 0o700 })
    for (const file of await readdir(this.#dir).catch(() => [])) {
      const isKept = file.endsWith(END) && names.includes(file.slice(0, -END.length))
      if (!isKept) await rm(join(this.#dir, file), { force: true })
    }
  }

  /** Undefined where there is none; `broken` for one that cannot be read. */
  async load(name: string): Promise<NotifyState | 'broken' | undefined> {
    const read = await readSmall(join(this.#dir, name + END), { limit: LIMIT, followLinks: false })
    if (read.text !== undefined) return stateOf(read.text) ?? 'broken'
    return read.code === 'ENOENT' ? undefined : 'broken'
  }

  /** Durable, in the place of the last one. */
  async save(name: string, { cursor, held }: NotifyState): Promise<void> {
    await replaceFile(
      join(this.#dir, name + END),
      JSON.stringify({ cursor: JSON.parse(cursorText(cursor)), held }),
    )
  }
}

function stateOf(text: string): NotifyState | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const { cursor, held } = (value ?? {}) as { cursor?: unknown; held?: unknown }
  const known = readCursor(JSON.stringify(cursor ?? null))
  return known && { cursor: known, held: isHeld(held) ? held : NOTHING_HELD }
}

function isHeld(value: unknown): value is Held {
  const { counts, id } = (value ?? {}) as { counts?: unknown; id?: unknown }
  return typeof id === 'string' && Array.isArray(counts) && counts.every((one: unknown) => {
    const { type, what, count } = (one ?? {}) as Record<string, unknown>
    return NOTIFY_CLASSES.some((name) => name === type) && typeof what === 'string' &&
      Number.isSafeInteger(count)
  })
}
