import { z } from 'zod'
import { Decision } from './schemas.ts'

const text = z.string()
const count = z.int().nonnegative()

/** A line of a streamed answer. */
export const ExecutionLine = z.object({
  type: text.describe('decision, then progress each second, then result or problem'),
  answer: Decision.optional(),
  elapsed_ms: count.optional(),
  bytes: z.record(text, count).optional().describe('How much came so far, by output'),
  problem: z.unknown().optional(),
})
