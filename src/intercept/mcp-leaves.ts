import type { Json } from '../engine/types.ts'
import { type Role, roleOf } from './mcp-words.ts'
import type { Params } from './params.ts'
import { quotedWords } from './shell/quote.ts'

/** A text in the params of a call. */
export interface Leaf {
  /** The key it stands under, letter case folded. */
  readonly key: string
  readonly text: string
  /** What it stands for by its key, or by what is known of the tool. */
  readonly role: Role | undefined
}

/** Keys of what a command is called with. */
const ARGUMENT_LISTS = new Set(['args', 'arguments', 'argv', 'parameters', 'params'])

/**
 * Every text in the params with the key it stands under, in their order. Programs in C read a text up to a
 * NUL, so what stands on either side of one is a text of its own. A command that comes in words is a text as
 * a whole, too: `{command: "rm", args: ["-rf", "/"]}`.
 *
 * @param roles what is known of arguments beside their names
 */
export function leavesOf(params: Params, roles: Readonly<Record<string, Role>> = {}): Leaf[] {
  const leaves: Leaf[] = []
  // A list of what is left to look at, the next one last: params may nest deeper than a stack.
  const left: { readonly key: string; readonly value: Json; readonly role: Role | undefined }[] = [
    { key: '', value: params, role: undefined },
  ]
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    const { key, value, role } = one
    if (typeof value === 'string') {
      for (const text of value.split('\0')) {
        if (text.trim() !== '') leaves.push({ key, text: text.trim(), role })
      }
    } else if (Array.isArray(value)) {
      const line = role === 'command' ? lineOf(value) : undefined
      if (line !== undefined) leaves.push({ key, text: line, role })
      for (const entry of value.toReversed()) left.push({ key, value: entry, role })
    } else if (value !== null && typeof value === 'object') {
      for (const [name, entry] of Object.entries(value).reverse()) {
        const claimed = value === params && Object.hasOwn(roles, name) ? roles[name] : undefined
        // Beside what its name says, never in its place (security.md F2).
        if (claimed !== undefined) left.push({ key: '', value: entry, role: claimed })
        left.push({ key: name.toLowerCase(), value: entry, role: roleOf(name) })
      }
      leaves.push(...calledWith(value as Params))
    }
  }
  return leaves
}

function lineOf(words: readonly Json[]): string | undefined {
  const texts = words.filter((word) => typeof word === 'string')
  return texts.length === words.length && texts.length > 1 ? quotedWords(texts) : undefined
}

/** A command beside a list of its arguments, as the line that it is. */
function calledWith(value: Readonly<Record<string, Json>>): Leaf[] {
  const entries = Object.entries(value)
  const lists = entries.flatMap(([name, list]) =>
    ARGUMENT_LISTS.has(name.toLowerCase()) && Array.isArray(list) && list.length > 0 ? [list] : []
  )
  if (lists.length === 0) return []
  return entries.flatMap(([name, command]) => {
    if (roleOf(name) !== 'command' || typeof command !== 'string') return []
    return lists.map((list) => {
      const words = list.filter((word) => typeof word === 'string' || typeof word === 'number')
      const text = `${command} ${quotedWords(words.map(String))}`
      return { key: name.toLowerCase(), text, role: 'command' as const }
    })
  })
}
