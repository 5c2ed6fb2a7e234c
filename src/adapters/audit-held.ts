import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The lowest event of a trail that is not yet delivered everywhere, by the cursors in `.private/sinks`;
 * undefined where nobody waits for any. A cursor that cannot be read counts as one at the beginning.
 */
export function heldBySinks(dir: string): number | undefined {
  const place = join(dir, '.private', 'sinks')
  let names: readonly string[]
  try {
    names = readdirSync(place).filter((name) => name.endsWith('.json'))
  } catch {
    return undefined
  }
  return names.length === 0
    ? undefined
    : Math.min(...names.map((name) => deliveredBy(join(place, name)) + 1))
}

function deliveredBy(path: string): number {
  try {
    const { seq } = JSON.parse(readFileSync(path, 'utf8')) as { readonly seq?: unknown }
    return Number.isSafeInteger(seq) ? Number(seq) : 0
  } catch {
    return 0
  }
}
