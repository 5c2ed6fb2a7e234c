import { z } from 'zod'

/** One event of a stream, by the fields in which it is sent. */
export const StreamEvent = z.object({
  id: z.string().optional().describe(
    'The seq of an event; where a reader that was cut off goes on',
  ),
  event: z.string().describe('hello, gap, lagged, end, or the kind of an event'),
  data: z.string().describe('JSON in one line: an AuditEvent where `event` is its kind'),
  retry: z.int().nonnegative().optional().describe(
    'How long a reader waits before it comes again, ms',
  ),
})
