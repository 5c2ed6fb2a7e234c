import { z } from 'zod'

/** What a number in a query is described as: there it is text that has no other form. */
export interface Whole {
  readonly minimum: number
  readonly maximum: number
}

/** A whole number in a query. */
export const number = (most: number, least = 0): z.ZodType<number> =>
  z.string().regex(least > 0 ? /^[1-9]\d{0,8}$/ : /^\d{1,9}$/, 'Expected a whole number')
    .meta({ whole: { minimum: least, maximum: most } satisfies Whole })
    .transform(Number).pipe(z.int().min(least).max(most))

// Digits of other scripts are `\d` to some who read the description.
const DAY = z.core.regexes.date.source.replace(/^\^|\$$/g, '').replaceAll('\\d', '[0-9]')
const CLOCK = '(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?'
const ZONE = '(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])'
const AGO = '[1-9][0-9]{0,5}[smhdw]'

/** A day or a time (RFC 3339) in a query, as milliseconds. */
export const instant = z.string()
  .regex(new RegExp(`^${DAY}(?:T${CLOCK}${ZONE}?)?$`), 'Expected a day or a time (RFC 3339)')
  .transform((text) => Date.parse(text))

/** The same, or how long ago it is; as it came. */
export const moment = z.string().regex(
  new RegExp(`^(?:${DAY}(?:T${CLOCK}${ZONE})?|${AGO})$`),
  'Expected a day, an RFC 3339 time, or how long ago, such as 24h or 7d',
)
