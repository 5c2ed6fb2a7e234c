import { z } from 'zod'

// What the server sends to people's pages and commands, each by the name it has in the OpenAPI document.
const text = z.string()
const time = z.iso.datetime()
const count = z.int().nonnegative()

export const PolicyFinding = z.object({
  file: text,
  line: z.int(),
  col: z.int(),
  severity: text.describe('warning or advice'),
  code: text,
  message: text,
})

export const PolicyFindings = z.object({ findings: z.array(PolicyFinding).readonly() })

export const Login = z.object({
  id: text,
  code: text.describe('To be POSTed to /dashboard/login once, within 30 seconds'),
  expires_at: time,
})

export const StepUpCode = z.object({
  code: text.describe('To be entered in the dashboard once, within a minute'),
  expires_at: time,
})

export const SteppedUp = z.object({ until: time })

export const LoginState = z.object({
  id: text,
  // No enum: the Go client names values by their words alone.
  state: text.describe('waiting, used or expired'),
})

export const Sessions = z.object({
  sessions: z.array(z.object({
    id: text,
    started_at: time,
    seen_at: time.describe('When a person last did something in it'),
    ends_at: time,
    current: z.boolean(),
  })).readonly(),
})

export const Ended = z.object({ ended: count })

/** What a supervisor asks: whether to start the process anew, and whether to send calls. */
export const Liveness = z.object({ status: z.literal('ok') })
export const Readiness = z.object({
  ready: z.boolean(),
  reasons: z.array(text).readonly().describe('draining: it shuts down'),
})
