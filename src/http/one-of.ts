import { z } from 'zod'

/** As a text: the clients would give an enum that shares a word with another one another name. */
export function oneOf<const T extends string>(words: readonly T[]): z.ZodType<T> {
  return z.string().regex(
    new RegExp(`^(?:${words.join('|')})$`),
    `Expected one of ${words.join(', ')}`,
  ) as unknown as z.ZodType<T>
}
