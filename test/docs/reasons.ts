import { evaluate } from '../../src/engine/evaluate.ts'
import { formatFault } from '../../src/engine/fault.ts'
import { evaluateResponse } from '../../src/engine/output.ts'
import { loadPolicies, parsePolicy, type PolicyText } from '../../src/engine/load.ts'
import type { PolicyEntry, PolicyTest, RuleEntry } from '../../src/engine/schema.ts'
import type { Action, Json } from '../../src/engine/types.ts'
import { callOf, factsOf, hash } from '../helpers/engine.ts'
import { neighbourOf } from './neighbour.ts'
import { pageText } from './page.ts'

/** A test of a policy file, with what came of it. */
export interface Tried {
  readonly tool: string
  /** As a person would type it. */
  readonly line: string
  /** Then the line is what the tool gave back. */
  readonly isOutput: boolean
  readonly action: Action
  /** The rules that held, as `policy/1`. */
  readonly rules: ReadonlySet<string>
}

/** What a page says about a rule. */
export interface RuleReason {
  readonly rule: RuleEntry
  readonly met: Tried | undefined
  readonly neighbour: Tried | undefined
}

export interface PolicyReason {
  readonly policy: PolicyEntry
  readonly rules: readonly RuleReason[]
}

/** Everything a page tells of a file in policies/: its first comment, and each policy with its examples. */
export interface FileReasons {
  readonly intro: string
  readonly extends: readonly string[]
  readonly defaultAction: string
  readonly policies: readonly PolicyReason[]
}

const PARAMETER: Readonly<Record<string, string>> = {
  exec: 'command',
  read: 'path',
  write: 'path',
  fetch: 'url',
}

export function reasonsOf(path: string): FileReasons {
  const text = pageText(path)
  const layer: PolicyText['layer'] = path.includes('self-protection') ? 'builtin' : 'user'
  const source = { file: path, layer, text }
  const builtins = { standard: pageText('policies/standard.yaml') }
  const { set, faults } = loadPolicies([source], { builtins, hash })
  const parsed = parsePolicy(source)
  if (set === undefined || 'faults' in parsed) throw new Error(faults.map(formatFault).join('\n'))
  const { policies = [], tests = [], extends: bases = [], default_action } = parsed.value

  const ask = ({ tool, params = {}, cwd, response }: PolicyTest) => {
    const given = params as Record<string, Json>
    const call = callOf(tool, given, {}, cwd ?? '/w')
    const isOutput = response !== undefined
    const { action, votes } = isOutput
      ? evaluateResponse(set, call, factsOf(), response)
      : evaluate(set, call, factsOf())
    const line = isOutput ? shownOutput(response) : lineOf(tool, given)
    return { tool, line, isOutput, action, rules: new Set(votes.map(({ rule }) => rule)) }
  }
  const tried = tests.map(ask)
  // A file that turns another's answers has the other's harmless lines for neighbours.
  const inherited = bases.includes('standard') ? testsOf('policies/standard.yaml').map(ask) : []
  return {
    intro: /^(?:# .*\n)+/.exec(text)?.[0].replaceAll(/^# /gm, '') ?? '',
    extends: bases,
    defaultAction: default_action ?? 'allow',
    policies: policies.map((policy) => ({ policy, rules: rulesOf(policy, tried, inherited) })),
  }
}

/** Each rule with the first line it decides on its own, else the first it holds for. */
function rulesOf(
  policy: PolicyEntry,
  tried: readonly Tried[],
  inherited: readonly Tried[],
): RuleReason[] {
  return policy.rules.map((rule, at) => {
    const key = `${policy.name}/${at + 1}`
    const meets = tried.filter(({ rules }) => rules.has(key))
    const met = meets.find(({ rules, action }) => rules.size === 1 && action === rule.action) ??
      meets.find(({ action }) => action === rule.action) ?? meets[0]
    if (met === undefined) return { rule, met, neighbour: undefined }
    const neighbour = neighbourOf(met, policy, rule.action, tried) ??
      neighbourOf(met, policy, rule.action, inherited)
    return { rule, met, neighbour }
  })
}

function testsOf(path: string): readonly PolicyTest[] {
  const parsed = parsePolicy({ file: path, layer: 'user', text: pageText(path) })
  return 'value' in parsed ? parsed.value.tests ?? [] : []
}

function lineOf(tool: string, params: Readonly<Record<string, Json>>): string {
  const text = params[PARAMETER[tool] ?? '']
  return typeof text === 'string' ? text : `${tool} ${JSON.stringify(params)}`
}

/** On one line, with what nobody sees as escapes. */
function shownOutput(text: string): string {
  const plain = JSON.stringify(text).slice(1, -1)
  const escaped = (letter: string) => `\\u{${letter.codePointAt(0)!.toString(16)}}`
  return plain.replaceAll(/[\u200b-\u200f]|[^\0-\uffff]/gu, escaped)
}
