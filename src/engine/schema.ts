import { z } from 'zod'
import { When } from './condition-schema.ts'
import { milliseconds } from './duration.ts'
import { GLOB_LIMIT } from './match/command-glob.ts'
import { OWN_RULES_LIMIT } from './own-rule-limits.ts'
import { OwnRuleEntry } from './own-rule-schema.ts'
import { NO_APPROVER, RULE_ACTIONS } from './types.ts'

/** What people may write for an action, and what it means. */
export const ACTION_WORDS = {
  deny: 'deny',
  allow: 'allow',
  log: 'log',
  watch: 'log',
  require_approval: 'require_approval',
  ask: 'require_approval',
  webhook: 'webhook',
} as const
type ActionWord = keyof typeof ACTION_WORDS

const words = Object.keys(ACTION_WORDS) as [ActionWord, ...ActionWord[]]
const action = z.enum(words, {
  error: `expected one of ${RULE_ACTIONS.join(', ')}`,
}).transform((word) => ACTION_WORDS[word])

const defaultWords = words.filter((word) => word !== 'webhook') as [
  Exclude<ActionWord, 'webhook'>,
  ...Exclude<ActionWord, 'webhook'>[],
]
const defaultAction = z.enum(defaultWords, {
  error: 'expected one of allow, deny, log, require_approval',
}).transform((word) => ACTION_WORDS[word])

const glob = z.string().min(1).max(GLOB_LIMIT)
const globs = z.union([glob.transform((one) => [one]), z.array(glob).min(1).max(1000)], {
  error: 'expected a glob or a list of globs',
})

const webhookUrl = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' })

/** A duration with its unit: `500ms`, `5s`, `10m`, `2h`, `7d`. Given in milliseconds. */
export const duration = z.string().regex(/^[1-9]\d{0,8}(ms|s|m|h|d)$/, {
  error: 'expected a duration with its unit, such as 500ms, 5s, 10m, 2h or 7d',
}).transform(milliseconds)

/** Shortest and longest time that a rule may give a person, and most people it may ask for. */
export const TIMEOUT_MS = { least: 1000, most: 7 * 86_400_000 } as const
export const MOST_APPROVERS = 10

const rule = z.strictObject({
  action,
  when: When.optional(),
  message: z.string().max(2000).optional(),
  webhook: z.strictObject({
    url: webhookUrl,
    timeout: duration.optional(),
    fail_open: z.boolean().optional(),
  }).optional(),
  expires_at: z.iso.datetime({ offset: true, error: 'expected an RFC 3339 time' })
    .transform((text) => Date.parse(text)).optional(),
  once: z.boolean().optional(),
  native_allow: z.boolean().optional(),
  timeout: duration.refine((ms) => ms >= TIMEOUT_MS.least && ms <= TIMEOUT_MS.most, {
    error: 'expected from 1s to 7d',
  }).optional(),
  approvers: z.int().min(1).max(MOST_APPROVERS).optional(),
}).superRefine(({ action, webhook, timeout, approvers }, context) => {
  for (const [key, value] of Object.entries({ timeout, approvers })) {
    if (value === undefined || action === 'require_approval') continue
    context.addIssue({
      code: 'custom',
      path: [key],
      message: `only action require_approval takes ${key}`,
    })
  }
  if (action === 'webhook' && webhook === undefined) {
    context.addIssue({ code: 'custom', message: 'action webhook needs a webhook with a url' })
  }
  if (action !== 'webhook' && webhook !== undefined) {
    context.addIssue({
      code: 'custom',
      path: ['webhook'],
      message: 'only action webhook takes a webhook',
    })
  }
})

const policy = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(10_000).optional(),
  priority: z.int().min(-1_000_000).max(1_000_000).optional(),
  enabled: z.boolean().optional(),
  match: z.strictObject({
    tool: globs.optional(),
    agent: globs.optional(),
    session: globs.optional(),
  }).optional(),
  rules: z.array(rule).max(20_000),
})

const notify = z.strictObject({
  url: webhookUrl,
  platform: z.enum(['auto', 'slack', 'discord', 'teams', 'openclaw', 'webhook']).optional(),
  on: z.array(z.enum(['deny', 'log', 'watch', 'require_approval', 'ask'])).min(1).optional(),
})

const pastCalls = z.strictObject({
  tool: z.string().min(1).max(200),
  count: z.int().min(1).max(100_000).optional(),
  ago: duration.optional(),
})

const wantedEffect = z.strictObject({
  tool: z.enum(['read', 'write', 'delete', 'fetch']).optional(),
  path: glob.optional(),
  url: glob.optional(),
  by: glob.optional(),
  action: action.optional(),
  policy: glob.optional(),
}).refine((value) => Object.keys(value).length > 0, 'expected something of the effect')

/** An inline test of a policy file (contract.md); run by `rampart policy test`. */
export const PolicyTest = z.strictObject({
  name: z.string().min(1),
  tool: z.string().min(1),
  params: z.record(z.string(), z.unknown()).optional(),
  /** The command, path or URL, where the tool takes one. */
  input: z.string().optional(),
  agent: z.string().optional(),
  session: z.string().optional(),
  run: z.string().optional(),
  depth: z.int().min(0).max(1_000_000).optional(),
  cwd: z.string().optional(),
  /** When the call is made; else now. */
  time: z.iso.datetime({ offset: true, error: 'expected an RFC 3339 time' })
    .transform((text) => Date.parse(text)).optional(),
  /** Enforced calls of this session before it. */
  calls: z.array(pastCalls).max(100).optional(),
  response: z.string().optional(),
  expect: action,
  expect_message: glob.optional(),
  /** The policy that decides; null where a default does. */
  expect_policy: z.union([glob, z.null()]).optional(),
  /** Each must be among the effects of the answer. */
  expect_effects: z.array(wantedEffect).max(256).optional(),
}).superRefine(({ params, input }, context) => {
  if ((params === undefined) !== (input === undefined)) return
  context.addIssue({ code: 'custom', message: 'a test has either params or input' })
})
export type PolicyTest = z.infer<typeof PolicyTest>

const base = z.string().min(1).max(255)
const bases = z.union([base.transform((one) => [one]), z.array(base).min(1).max(32)], {
  error: 'expected the name of a profile or a file, or a list of them',
})

const version = z.union([z.literal('1'), z.literal(1)], { error: 'expected version "1"' })

/** The policy file as people write it. */
export const PolicyFile = z.strictObject({
  version,
  default_action: defaultAction,
  on_no_approver: z.enum(NO_APPROVER, { error: 'expected wait or deny' }).optional(),
  extends: bases.optional(),
  notify: z.union([notify.transform((one) => [one]), z.array(notify).max(20)]).optional(),
  policies: z.array(policy).max(20_000).optional(),
  tests: z.array(PolicyTest).max(20_000).optional(),
})
export type PolicyFile = z.infer<typeof PolicyFile>
export type PolicyEntry = z.infer<typeof policy>
export type RuleEntry = z.infer<typeof rule>

/** `policies/user.yaml`: the person's overlay has no `default_action` (semantics.md 11). */
export const OverlayFile = z.strictObject({
  version,
  rules: z.array(OwnRuleEntry).max(OWN_RULES_LIMIT).nullish().transform((rules) => rules ?? []),
  policies: z.array(policy).max(20_000).optional(),
  tests: z.array(PolicyTest).max(20_000).optional(),
})

/** `<git root>/.rampart/policy.yaml`: may only tighten (semantics.md 13, security.md F3). */
export const ProjectFile = z.strictObject({
  version,
  default_action: defaultAction.optional(),
  extends: bases.optional(),
  policies: z.array(policy).max(2000).optional(),
  tests: z.array(PolicyTest).max(2000).optional(),
})
