import type { Generalisation, OwnRule } from '../engine/own-rule.ts'
import type { Subject } from '../engine/types.ts'
import { flagsOf, verbsOf } from '../intercept/shell/runs-code.ts'
import { type Drafted, draftFor, type Known, offeredFor } from './generalise.ts'

/** What a block of a subject says where nobody says how far: `git push` is every `git push …`. */
export function blockUsual(subject: Subject): Generalisation {
  const offered = offeredFor(subject)
  const wide = (['flags', 'directory'] as const).find((one) => offered.includes(one))
  return wide ?? (offered.includes('exact') ? 'exact' : 'tool')
}

/** The block of one generalisation: it is restrictive, so whatever runs code can be blocked too. */
export function blockDraft(known: Known, index: number, chosen: Generalisation): Drafted {
  const subject = known.call.subjects[index]!
  const offered = offeredFor(subject)
  if (!offered.includes(chosen)) {
    return { refused: `${chosen} says nothing of this: one of ${offered.join(', ')}` }
  }
  const { command, tools, paths } = subject
  if (command === undefined) {
    return chosen === 'directory'
      ? { draft: { tool: tools[0], generalisation: chosen, directory: paths[0]!.path } }
      : draftFor(known, index, chosen)
  }
  const [program] = command.argv
  if (program === undefined) return { refused: 'it names no program' }
  return { draft: { tool: 'exec', generalisation: chosen, ...words() } }

  function words(): Partial<OwnRule> {
    if (chosen === 'program') return { program }
    if (chosen === 'exact') return { argv: command!.argv }
    const verbs = verbsOf(command!)
    return { program, ...(verbs.length === 0 ? {} : { verbs }), flags: flagsOf(command!) }
  }
}
