import { OWN_POLICY } from '../approval/rule-layer.ts'
import type { Action, TraceLine } from '../engine/types.ts'
import type { Explanation } from '../service/api.ts'
import { abridge } from './display.ts'
import { type Colour, type Output, safe, Shown } from './output.ts'

const COLOUR_OF: Readonly<Record<Action, Colour>> = {
  deny: 'red',
  webhook: 'yellow',
  require_approval: 'yellow',
  log: 'blue',
  allow: 'green',
}

/** Longest label of one part in the tree. */
const LABEL = 160

/** An action as people see it. */
export function actionText(action: Action, out: Output): Shown {
  return out.paint(COLOUR_OF[action], action)
}

interface Node {
  readonly text: Shown
  readonly below: readonly Node[]
}

/**
 * The explanation as a tree: the call, what it was read as, which rule met which part, and at the end
 * why the winner won.
 */
export function printTree(call: string, explanation: Explanation, out: Output): void {
  const { answer, subjects } = explanation
  const top = subjects.map((_, index) => index).filter((index) => subjects[index]!.of === undefined)
  out.line(safe`${new Shown(abridge(call, 400))}  ${actionText(answer.decision, out)}`)
  printNodes(top.map((index) => subjectNode(explanation, index, out)), '', out)
  for (const line of why(explanation)) out.line(safe`${line}`)
}

function printNodes(nodes: readonly Node[], indent: string, out: Output): void {
  nodes.forEach((node, index) => {
    const last = index === nodes.length - 1
    out.line(safe`${indent}${last ? '└─ ' : '├─ '}${node.text}`)
    printNodes(node.below, `${indent}${last ? '   ' : '│  '}`, out)
  })
}

/** A part, span or effect with the rules that met it and the effects it implies. */
function subjectNode(explanation: Explanation, index: number, out: Output): Node {
  const { subjects, answer } = explanation
  const { kind, label } = subjects[index]!
  const shown = new Shown(abridge(label, LABEL))
  const met = (answer.trace ?? []).filter((line) => line.subject === index && line.held)
  const effects = subjects.map((subject, at) => ({ subject, at }))
    .filter(({ subject }) => subject.of === index)
    .map(({ at }) => subjectNode(explanation, at, out))
  const rules = met.map((line) => ruleNode(line, answer.rule, out))
  return {
    text: kind === 'part' ? safe`${shown}` : safe`${out.paint('grey', kind)} ${shown}`,
    below: [...rules, ...(rules.length === 0 ? [noRule(kind, out)] : []), ...effects],
  }
}

function ruleNode(line: TraceLine, winner: string | null, out: Output): Node {
  const mark = line.rule === winner ? safe`  ${out.paint('bold', '← decides')}` : safe``
  return {
    text: safe`${actionText(line.action, out)}  ${line.rule}${mark}`,
    below: line.reasons.map((reason) => ({
      text: new Shown(abridge(reason, 300)),
      below: [],
    })),
  }
}

/** Only a part without a rule meets the default (semantics.md 5). */
function noRule(kind: string, out: Output): Node {
  return {
    text: out.paint('grey', kind === 'part' ? 'no rule: default_action counts' : 'no rule objects'),
    below: [],
  }
}

/** Why the winner won, in sentences. */
export function why({ answer, subjects }: Explanation): string[] {
  const { decision, rule, policy, message } = answer
  const sentences = [`Decision: ${decision}: ${message}`]
  const held = (answer.trace ?? []).filter((line) => line.held)
  const own = held.filter(({ policy, action }) => policy === OWN_POLICY && action === 'allow')
  if (own.length > 0 && (decision === 'allow' || decision === 'log')) {
    const said = own.map(({ rule, reasons }) => `your rule ${rule} ${reasons[0] ?? ''}`)
    return [...sentences, `Why: ${said.join(', ')}`]
  }
  if (rule === null) return [...sentences, `Why: ${withoutRule(decision, held)}`]
  const rivals = new Set(held.filter((line) => line.action === decision).map((line) => line.rule))
  const weaker = [...new Set(held.map((line) => line.action))].filter((action) =>
    action !== decision
  )
  const parts = subjects.filter(({ kind }) => kind === 'part').length
  const strongest = weaker.length > 0
    ? `${decision} is stronger than ${weaker.join(' and ')}`
    : parts > 1
    ? `a line is as restricted as its most restricted part`
    : `it is the rule that met the call`
  const first = rivals.size > 1
    ? `; of ${rivals.size} rules that say ${decision}, it is first by priority, layer and position`
    : ''
  sentences.push(`Why: rule ${rule} of policy "${policy}": ${strongest}${first}`)
  return sentences
}

/** A call that a rule would ask about is allowed without one only where the overlay answers (semantics.md 11). */
function withoutRule(decision: Action, held: readonly TraceLine[]): string {
  const asks = held.filter(({ action }) => action === 'require_approval').map(({ rule }) => rule)
  return decision === 'allow' && asks.length > 0
    ? `an allow in policies/user.yaml answers what rule ${
      [...new Set(asks)].join(' and ')
    } would ask`
    : 'no rule decided, so default_action of the policy files does'
}
