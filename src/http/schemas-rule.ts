import { z } from 'zod'

// What is sent of the rules of the person's own. Words are texts: enums that share one with another get
// other names in the Go client.
const text = z.string()
const optionalText = z.string().nullable()
const count = z.int().nonnegative()

export const OwnRule = z.object({
  id: text,
  action: text.describe('allow, block or except'),
  scope: text.describe('always, session or run'),
  tool: optionalText,
  generalisation: optionalText.describe('exact, flags, program, directory, host or tool'),
  text: text.describe('What it is about, in words'),
  agent: optionalText,
  session: optionalText,
  run_id: optionalText,
  principal: optionalText.describe('Of a session or run: whose calls it is for'),
  answers: optionalText.describe('The ask it answers: policy/rule, or default_action'),
  cwd: optionalText.describe('Where the call has to be made'),
  created_at: optionalText,
  created_by: optionalText,
  expires_at: optionalText,
  calls_left: count.nullable(),
  once: z.boolean(),
  source: text.describe('user.yaml or memory'),
  denial: z.boolean().describe('A denied call that is denied again in its run'),
  in_force: z.boolean().describe('False when it ended, or what it answers was changed'),
})

export const OwnRules = z.object({ rules: z.array(OwnRule).readonly() })

export const CreatedRules = z.object({ rules: z.array(OwnRule).readonly(), rule_id: text })

export const RemovedRules = z.object({ removed: count })

export const RuleChoice = z.object({
  generalisation: text,
  text,
  available: z.boolean(),
  refused: optionalText.describe('Why it cannot be kept'),
  matched: z.object({
    of: count.describe('Audited calls that were looked at, newest first'),
    count,
    examples: z.array(z.object({ audit_id: text, text, action: text })).readonly(),
  }),
  admits: z.array(z.object({ id: text, command: text })).readonly().describe(
    'Calls that must be stopped and that it would let pass',
  ),
})

export const RuleChoices = z.object({ choices: z.array(RuleChoice).readonly() })
