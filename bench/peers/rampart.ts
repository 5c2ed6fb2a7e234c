import { evaluate } from '../../src/engine/evaluate.ts'
import type { PolicySet } from '../../src/engine/policy-set.ts'
import type { Call } from '../../src/engine/types.ts'
import { normaliseCall } from '../../src/intercept/normalise.ts'
import { factsOf, HOME, identityOf, setOf } from '../../test/helpers/engine.ts'
import type { Engine } from './engines.ts'
import { type Ask, partsOf, type Rule } from './question.ts'

const facts = factsOf()
const identity = identityOf()

/** The same rules, one each, as a policy file has them. */
function policySet(rules: readonly Rule[]): PolicySet {
  const policies = [...Map.groupBy(rules, ({ tool }) => tool)].map(([tool, own]) => ({
    name: tool,
    match: { tool },
    rules: own.map((rule) => ({ action: 'deny', when: condition(rule) })),
  }))
  return setOf({ user: policies })
}

function condition(rule: Rule): Record<string, string[]> {
  if (rule.tool === 'exec') return { command_matches: [rule.pattern] }
  const { at, text } = partsOf(rule)
  if (at === 'start') return { path_matches: [`${text}**`] }
  return { path_matches: [text.startsWith('/') ? `**${text}` : `**/*${text}`] }
}

function callOf({ tool, text }: Ask): Call {
  const params = tool === 'exec' ? { command: text } : { path: text }
  return normaliseCall({ tool, params, identity, cwd: '/w', homes: [HOME] })
}

/** What the other engines do: judge a call that was read before. */
export function rampartEngine(rules: readonly Rule[], asks: readonly Ask[]): Engine {
  const set = policySet(rules)
  const read = new Map(asks.map((ask) => [ask, callOf(ask)]))
  return {
    name: 'Rampart, engine only',
    allows: (ask) => evaluate(set, read.get(ask)!, facts).action === 'allow',
  }
}

/** More than the other engines do: the path made absolute, the shell line read, its effects judged too. */
export function rampartWhole(rules: readonly Rule[]): Engine {
  const set = policySet(rules)
  return {
    name: 'Rampart, call read too (does more)',
    allows: (ask) => evaluate(set, callOf(ask), facts).action === 'allow',
  }
}
