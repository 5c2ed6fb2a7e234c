import { z } from 'zod'
import { milliseconds } from '../engine/duration.ts'
import { GENERALISATIONS, OWN_ACTIONS } from '../engine/own-rule.ts'
import type { NewRule } from '../service/rule-request.ts'
import { oneOf } from './one-of.ts'

const LONGEST_MS = 3650 * 86_400_000
const path = z.string().min(1).max(4096)

export const Generalisation = oneOf(GENERALISATIONS)
export const Span = z.string().regex(
  /^[1-9][0-9]{0,8}(?:ms|s|m|h|d)$/,
  'Expected a duration with its unit, such as 30m',
)

/** A rule that a person asks for. */
export const RuleRequest = z.strictObject({
  action: oneOf(OWN_ACTIONS).describe('allow, block or except'),
  tool: z.string().min(1).max(128).optional().describe('exec unless said, read, write, fetch, …'),
  pattern: z.string().min(1).max(16_384).optional().describe(
    'A command line, path, URL or host; of an MCP tool its parameters as JSON',
  ),
  program: z.string().min(1).max(256).optional().describe('In the place of a pattern'),
  flags: z.array(z.string().min(1).max(256)).max(64).optional(),
  generalisation: Generalisation.optional().describe(
    'exact, flags, program, directory, host, tool',
  ),
  for: Span.optional().describe('How long it holds, such as 2h'),
  once: z.boolean().optional().describe('For one call'),
  project: path.optional().describe('Only for calls made at or below this directory'),
  cwd: path.optional().describe('Where the pattern is meant to be typed'),
  rule: z.string().min(1).max(256).optional().describe('Of except: policy/rule'),
  reason: z.string().min(1).max(1000).optional(),
})
export type RuleRequest = z.infer<typeof RuleRequest>

export function newRuleOf({ for: span, ...rest }: RuleRequest): NewRule {
  const forMs = span === undefined ? undefined : Math.min(milliseconds(span), LONGEST_MS)
  return { ...rest, forMs }
}
