import { z } from 'zod'

const text = z.string()
const time = z.iso.datetime()
const count = z.int().nonnegative()

/** A bundle that was given up for its denials or asks. */
export const GivenUpBundle = z.object({ version: count, reason: text })

/** The policy bundle that a server follows. */
export const BundleHealth = z.object({
  name: text.nullable(),
  version: count.nullable(),
  digest: text.nullable(),
  created: time.nullable().describe('As it says itself'),
  activated_at: time.nullable(),
  checked_at: time.nullable().describe('When its source last answered'),
  last_error: text.nullable(),
  refused: z.boolean().describe('What the source holds is not taken'),
  given_up: GivenUpBundle.nullable()
    .describe('The last one that was given up for its denials or asks'),
  waiting: count.nullable().describe('A version that is not for this node yet'),
})
