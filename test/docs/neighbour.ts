import type { PolicyEntry } from '../../src/engine/schema.ts'
import type { Action } from '../../src/engine/types.ts'
import type { Tried } from './reasons.ts'

/** Least likeness at which a line is worth being set beside another. */
const LIKE = 0.5
const PAIR = 0.9
const SAME_TOOL = 0.3
const SAME_PROGRAM = 0.3

/**
 * The line that is most like one that meets a rule and that its policy does not meet: of a restriction
 * one that passes, of a permission one that does not. Lines that stand next to each other were written as a pair.
 */
export function neighbourOf(
  met: Tried,
  { name }: PolicyEntry,
  action: Action,
  tried: readonly Tried[],
): Tried | undefined {
  // Of an output that is logged the like passes without it.
  const free = (action === 'allow' || action === 'log') && !met.isOutput
  const at = tried.findIndex(({ tool, line }) => tool === met.tool && line === met.line)
  let best: Tried | undefined
  let most = LIKE
  tried.forEach((one, index) => {
    if (one.isOutput !== met.isOutput) return
    if ((one.action === 'allow' || one.action === 'log') === free) return
    // What a permission lets pass another policy may still stop.
    if (!free && [...one.rules].some((rule) => rule.startsWith(`${name}/`))) return
    const likeness = alike(met.line, one.line) + (at >= 0 && index === at + 1 ? PAIR : 0) +
      (kindOf(one) === kindOf(met) ? SAME_TOOL : 0)
    if (likeness <= most) return
    best = one
    most = likeness
  })
  return best
}

/** Share of words that two lines have in common; the first word is the program. */
function alike(a: string, b: string): number {
  const [first, second] = [wordsOf(a), wordsOf(b)]
  const shared = first.filter((word) => second.includes(word)).length
  const all = new Set([...first, ...second]).size
  return shared / Math.max(1, all) + (first[0] === second[0] ? SAME_PROGRAM : 0)
}

function wordsOf(line: string): string[] {
  return line.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== '')
}

const kindOf = ({ tool }: Tried) => /^mcp__[^_]*/.exec(tool)?.[0] ?? tool
