import { badge } from './bits.ts'
import { type Child, h } from './dom.ts'
import { brief } from './shown.ts'
import type { Explanation, Part } from './wire.ts'

interface Branch {
  readonly line: Child
  readonly below: readonly Branch[]
}

function list(branches: readonly Branch[], label?: string): HTMLElement {
  return h(
    'ul',
    { class: label === undefined ? '' : 'tree', 'aria-label': label },
    branches.map(({ line, below }) =>
      h('li', {}, h('span', { class: 'leaf' }, line), below.length > 0 ? list(below) : null)
    ),
  )
}

const KINDS: Readonly<Record<string, string>> = {
  part: 'runs',
  effect: 'touches',
  span: 'together',
}

function lineOf(kind: string, text: string): Child {
  const word = Object.hasOwn(KINDS, kind) ? KINDS[kind]! : kind
  return [h('span', { class: 'kind' }, brief(word, 30)), ' ', h('code', {}, brief(text, 300))]
}

/** What a command was read as: its simple commands, and below each what it implies. */
export function partTree(parts: readonly Part[]): HTMLElement {
  const branch = (index: number, depth: number): Branch => ({
    line: lineOf(parts[index]!.kind, parts[index]!.text),
    // Parts come from the server, and a circle among them must not hang the page.
    below: depth > 8 ? [] : indices(parts, index).map((at) => branch(at, depth + 1)),
  })
  return list(indices(parts, undefined).map((at) => branch(at, 0)), 'Parts of the call')
}

function indices(parts: readonly Part[], of: number | undefined): number[] {
  return parts.flatMap((part, at) => (part.of ?? undefined) === of ? [at] : [])
}

/** The same with every rule that met a part, and the one that decides. */
export function explanationTree({ subjects, answer }: Explanation): HTMLElement {
  const parts = subjects.map(({ kind, label, of }): Part => ({ kind, text: label, of: of ?? null }))
  const branch = (index: number, depth: number): Branch => {
    const met = (answer.trace ?? []).filter(({ subject, held }) => subject === index && held)
    const rules = met.map(({ action, rule, reasons }): Branch => ({
      line: [
        badge(action),
        ' ',
        h('span', {}, brief(rule, 80)),
        rule === answer.rule ? h('strong', { class: 'decides' }, ' decides') : null,
      ],
      below: reasons.map((reason) => ({
        line: h('span', { class: 'muted' }, brief(reason, 240)),
        below: [],
      })),
    }))
    const none: Branch = {
      line: h(
        'span',
        { class: 'muted' },
        parts[index]!.kind === 'part' ? 'no rule: the default counts' : 'no rule objects',
      ),
      below: [],
    }
    return {
      line: lineOf(parts[index]!.kind, parts[index]!.text),
      below: depth > 8 ? [] : [
        ...(rules.length > 0 ? rules : [none]),
        ...indices(parts, index).map((at) => branch(at, depth + 1)),
      ],
    }
  }
  return list(indices(parts, undefined).map((at) => branch(at, 0)), 'How it was decided')
}
