import { type Action, ACTIONS, type Call, type Decision, type Subject } from '../engine/types.ts'

/** One thing a call would touch, and what the policies say of that (semantics.md 5). */
export interface Effect {
  readonly tool: 'read' | 'write' | 'delete' | 'fetch'
  readonly path?: string
  readonly url?: string
  /** The program, or the tool, that would do it. */
  readonly by: string
  /** Of the rule that decides on it; without one nothing objects. */
  readonly action?: Action
  readonly policy?: string | null
}

/** Longest list of effects in one answer; a longer one is said to be incomplete. */
const EFFECTS = 256
const NAME = 256

/** Everything the call would touch, as far as its text tells (F32), each with the strictest rule on it. */
export function effectsOf(call: Call, decision: Decision): {
  readonly effects: readonly Effect[]
  readonly complete: boolean
} {
  const found = new Map<string, Effect>()
  let { complete } = call
  // What an effect says for itself comes before what the command it belongs to says of it.
  const order = call.subjects.map((subject, index) => ({ subject, index }))
    .sort((a, b) => Number(b.subject.kind === 'effect') - Number(a.subject.kind === 'effect'))
  const strictest = strictestVotes(decision)
  for (const { subject, index } of order) {
    for (const touched of touchedBy(subject)) {
      const key = JSON.stringify(touched)
      if (found.has(key)) continue
      if (found.size >= EFFECTS) {
        complete = false
        continue
      }
      const vote = strictest.get(index)
      found.set(key, {
        ...touched,
        by: actorOf(call, subject),
        action: vote?.action ?? 'allow',
        policy: vote?.policy ?? null,
      })
    }
  }
  return { effects: [...found.values()], complete }
}

/** As others may see it: no more than the rule that decided (security.md F33). */
export function withoutRules(effects: readonly Effect[], decided: string | undefined): Effect[] {
  return effects.map((effect) => {
    if (effect.policy !== null && effect.policy === decided) return effect
    const { action: _action, policy: _policy, ...seen } = effect
    return seen
  })
}

function touchedBy({ paths, urls }: Subject): Pick<Effect, 'tool' | 'path' | 'url'>[] {
  return [
    ...paths.map(({ access, path }) => ({ tool: access, path })),
    ...urls.map(({ url }) => ({ tool: 'fetch' as const, url })),
  ]
}

function strictestVotes({ votes }: Decision): ReadonlyMap<number, Decision['votes'][number]> {
  const strictest = new Map<number, Decision['votes'][number]>()
  for (const vote of votes) {
    const known = strictest.get(vote.subject)
    if (known === undefined || ACTIONS.indexOf(vote.action) < ACTIONS.indexOf(known.action)) {
      strictest.set(vote.subject, vote)
    }
  }
  return strictest
}

function actorOf({ subjects, tool }: Call, subject: Subject): string {
  const command = (subject.of === undefined ? subject : subjects[subject.of])?.command
  return (command === undefined ? tool : command.program ?? command.argv[0] ?? 'shell').slice(
    0,
    NAME,
  )
}
