import type { Field } from './words.ts'

/** The base name of a program word, undefined where running decides what it is. */
export function baseName(field: Field): string | undefined {
  const { text, known, glob } = field
  // Looking from the end is no built-in that engines are fast with, and most names have no path.
  let base = text.includes('/') ? text.slice(text.lastIndexOf('/') + 1) : text
  // In zsh `=rm` is where `rm` lies.
  if (base.length > 1 && base[0] === '=') base = base.slice(1)
  if (base === '') return undefined
  if (known && !glob) return base
  // `"$DIR/rm"` and `/???/rm` still end in a name, if only that much is certain.
  return text.includes('/') && !/[$`*?[\]{}()]/.test(base) ? base : undefined
}

/** Whether the program word says nothing about where the program lies or what else stands in it. */
export function programKnown(field: Field): boolean {
  return field.known && (!field.glob || baseName(field) !== undefined)
}
