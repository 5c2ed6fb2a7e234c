import type { PathValue, Subject } from '../../engine/types.ts'
import type { Effect } from './effects.ts'
import type { Field } from './words.ts'

/** What is unknown of a part: what its words leave open beside what was known to be unknown. */
export function kindsOf(
  unresolved: readonly string[],
  fields: readonly Field[],
  beyond: boolean,
): readonly string[] {
  let vague = false
  for (let i = 1; i < fields.length; i++) vague ||= !fields[i]!.known
  if (!vague && !beyond) return unresolved
  return [...unresolved, ...(vague ? ['operand'] : []), ...(beyond ? ['bound'] : [])]
}

/** The paths of all its effects, and those that it would touch if variables are empty. */
export function pathsOf(
  subjects: readonly Subject[],
  effects: readonly Effect[],
): readonly PathValue[] {
  if (effects.length === 0) return NO_PATHS
  const paths: PathValue[] = []
  for (const subject of subjects) for (const path of subject.paths) paths.push(path)
  for (const effect of effects) {
    if (effect.field.hollow !== undefined) paths.push(...hollowPath(effect))
  }
  return paths
}

/** The URLs of all its effects. */
export function urlsOf(subjects: readonly Subject[]): Subject['urls'] {
  return subjects.length === 0 ? NO_URLS : subjects.flatMap(({ urls }) => urls)
}

export const NO_PATHS: readonly PathValue[] = []
export const NO_URLS: Subject['urls'] = []

/**
 * A variable that nothing sets may be empty: `rm -rf "$X"/*` is then about the root. The part says so,
 * no effect does, for it may as well not be.
 */
function hollowPath(effect: Effect): PathValue[] {
  const root = effect.field.hollow === undefined
    ? null
    : /^(~?)\/*(\.?\*)?$/.exec(effect.field.hollow)
  if (effect.kind !== 'path' || root === null || effect.field.hollow === '') return []
  const [, home = '', rest = ''] = root
  const path = rest === '' && home !== '' ? home : `${home}/${rest}`
  return [{ access: effect.access, path, absolute: true, doubtful: true }]
}
