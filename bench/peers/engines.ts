import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { loadPolicy } from '@open-policy-agent/opa-wasm'
import { newEnforcer, newModelFromString } from 'casbin'
import { type Ask, partsOf, type Rule } from './question.ts'

/** One engine with the rules loaded, in the fastest form that its own interface has. */
export interface Engine {
  readonly name: string
  allows(ask: Ask): boolean
}

/** Patterns in one Cedar policy: its calls cost by the policy, and thousands in one overflow its stack. */
const CEDAR_CHUNK = 50

/** Parsed beforehand; patterns of one tool joined by `||`, because a policy each is eight times slower. */
export function cedar(id: string, rules: readonly Rule[]): Engine {
  const parts = ['permit(principal, action, resource);']
  for (const [tool, own] of byTool(rules)) {
    for (let from = 0; from < own.length; from += CEDAR_CHUNK) {
      const likes = own.slice(from, from + CEDAR_CHUNK)
        .map(({ pattern }) => `context.text like ${JSON.stringify(pattern)}`)
      parts.push(
        `forbid(principal, action == Action::"${tool}", resource) when { ${likes.join(' || ')} };`,
      )
    }
  }
  const answer = preparsePolicySet(id, { staticPolicies: parts.join('\n') })
  if (answer.type !== 'success') throw new Error(JSON.stringify(answer))
  return {
    name: 'cedar-wasm',
    allows({ tool, text }) {
      const given = statefulIsAuthorized({
        principal: { type: 'Agent', id: 'a' },
        action: { type: 'Action', id: tool },
        resource: { type: 'Machine', id: 'm' },
        context: { text },
        entities: [],
        preparsedPolicySetId: id,
      })
      if (given.type !== 'success') throw new Error(JSON.stringify(given))
      return given.response.decision === 'allow'
    },
  }
}

/** Loaded once, the rules set as its data. */
export async function opaWasm(
  policy: Uint8Array<ArrayBuffer>,
  rules: readonly Rule[],
): Promise<Engine> {
  const loaded = await loadPolicy(policy)
  const texts = (at: 'start' | 'end') =>
    Object.fromEntries(
      [...byTool(rules)].map(([tool, own]) => [
        tool,
        own.map(partsOf).filter((part) => part.at === at).map(({ text }) => text),
      ]),
    )
  loaded.setData({ starts: texts('start'), ends: texts('end') })
  return {
    name: 'opa-wasm',
    allows: ({ tool, text }) =>
      (loaded.evaluate({ tool, text }) as [{ result: boolean }])[0].result,
  }
}

/** `keyMatch` wherever it can say it, being the fastest; `globMatch` costs six times as much as `regexMatch`. */
const CASBIN_MODEL = `
[request_definition]
r = tool, text
[policy_definition]
p = tool, at, pattern, eft
[policy_effect]
e = !some(where (p.eft == deny))
[matchers]
m = r.tool == p.tool && (p.at == 'start' && keyMatch(r.text, p.pattern) || p.at == 'end' && regexMatch(r.text, p.pattern))
`

/** An enforcer built once, asked without promises. */
export async function casbin(rules: readonly Rule[]): Promise<Engine> {
  const enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL))
  await enforcer.addPolicies(rules.map((rule) => {
    const { at, text } = partsOf(rule)
    return [rule.tool, at, at === 'start' ? rule.pattern : `${escaped(text)}$`, 'deny']
  }))
  return { name: 'casbin', allows: ({ tool, text }) => enforcer.enforceSync(tool, text) }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function byTool(rules: readonly Rule[]): Map<string, Rule[]> {
  return Map.groupBy(rules, ({ tool }) => tool)
}
