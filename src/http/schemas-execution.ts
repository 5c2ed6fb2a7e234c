import { z } from 'zod'
import { RUN_STATES } from '../ports.ts'

const text = z.string()
const optionalText = z.string().nullable()
const count = z.int().nonnegative()

const ShownOutput = z.object({
  text: optionalText.describe('What was scanned; null where nothing of it may be shown'),
  bytes: count.describe('Of all that came'),
  truncated: z.boolean(),
  lossy: z.boolean().describe('Bytes that are no UTF-8 stand as U+FFFD'),
})

export const Execution = z.object({
  audit_id: text.describe('The event that says that it began'),
  // An enum that shares a word with another gets another name in the Go client.
  state: text.describe(`One of ${RUN_STATES.join(', ')}`),
  message: text.optional(),
  exit_code: z.int().optional(),
  signal: text.optional(),
  duration_ms: count,
  stdout: ShownOutput.optional(),
  stderr: ShownOutput.optional(),
  content: ShownOutput.optional(),
  http: z.object({
    status: z.int(),
    content_type: text,
    url: text.describe('Where the answer came from in the end'),
    redirects: count,
  }).optional(),
  withheld: z.boolean().describe('A rule about outputs objects to something: that is hidden'),
  policy: optionalText.optional().describe('Of that rule'),
  rule: optionalText.optional(),
})
