import { z } from 'zod'
import type { Parsed } from '../engine/fault.ts'
import { parseYaml } from '../engine/parse.ts'
import { ABOUT, type Fields } from './fields.ts'
import type { About } from './manifest.ts'

/** What a person calls the file that says what a bundle is. */
export const ABOUT_FILE = 'bundle.yaml'

/** The same table that the manifest is read by, with the places of faults. */
function schemaOf(fields: Fields): z.ZodType {
  return z.strictObject(Object.fromEntries(
    Object.entries(fields).map(([key, field]) => {
      const schema = 'map' in field
        ? schemaOf(field.map)
        : z.custom(field.is, { error: field.expected })
      return [key, field.optional ? schema.optional() : schema]
    }),
  ))
}

/** Read `bundle.yaml`: what it says, or every fault of it. */
export function parseAbout(text: string, file: string): Parsed<About> {
  return parseYaml(text, file, schemaOf(ABOUT) as z.ZodType<About>)
}
