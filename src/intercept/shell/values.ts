import type { Expansion } from './words.ts'

/** Arguments of the shell: none are given unless a scope says so. */
export const POSITIONAL: ReadonlySet<string> = new Set('123456789@*')

/** The elements of a variable, undefined where nobody can know them. */
export function valuesOf(
  reference: string,
  expansion: Expansion,
): readonly string[] | 'home' | undefined {
  const [, name, index] = /^([^[]+)(?:\[(.*)\])?$/.exec(reference) ?? ['', reference, undefined]
  if (!expansion.values.has(name!)) {
    if (POSITIONAL.has(name!)) return []
    if (name === 'HOME') return 'home'
    if (name === 'IFS') return [' \t\n']
    if (name === 'PWD') return expansion.cwd === undefined ? undefined : [expansion.cwd]
    return undefined
  }
  const values = expansion.values.get(name!)
  if (values === undefined || index === '@' || index === '*' || name === '@' || name === '*') {
    return values
  }
  return values.slice(Number(index ?? 0), Number(index ?? 0) + 1)
}

/** `$x` after `declare -n x=y` is `$y`. */
export function referred<P extends { readonly name: string }>(piece: P, expansion: Expansion): P {
  const name = expansion.references.size === 0 ? undefined : expansion.references.get(piece.name)
  return name === undefined ? piece : { ...piece, name }
}

/** The field separators in force, undefined where nobody knows them. */
export function separators(expansion: Expansion): string | undefined {
  if (!expansion.values.has('IFS')) return ' \t\n'
  return expansion.values.get('IFS')?.[0]
}
