import { RampartError } from '../errors.ts'
import type { Log } from '../ports.ts'
import type { Api, Caller } from '../service/api.ts'
import type { Outcome } from '../service/services.ts'
import type { RequestedCall } from './openclaw-frames.ts'

/** Who asks: the gateway, whose token proved it to us as little as ours proved us to it. */
const PRINCIPAL = 'openclaw'
const CALLER: Caller = { principal: PRINCIPAL, scopes: [] }

/** Questions that are remembered, and the longest command that is. */
const REMEMBERED = 1000
const LONGEST = 256 * 1024

type Verdict = 'allow-once' | 'deny'

/** What matters here of an outcome. */
interface Told {
  readonly state: Outcome['state']
  readonly answer: Pick<Outcome['answer'], 'allowed' | 'decision' | 'enforced'>
}

/** A command that nobody could judge. */
const UNREADABLE: Told = {
  state: 'answered',
  answer: { allowed: false, decision: 'deny', enforced: true },
}

interface Question {
  readonly command: string
  /** Ends our waiting for a person. */
  readonly end: AbortController
  /** What came of it here; undefined where the decision failed. */
  outcome: Promise<Told | undefined>
}

/** What the questions of a gateway need. */
export interface Desk {
  readonly api: Pick<Api, 'decide' | 'rules'>
  readonly log: Log
  /** Whether a call that policies allow is let through here: not where the gateway's own plugin does so. */
  readonly allows: boolean
  /** Tell the gateway; called once for each question that is decided here. */
  readonly resolve: (id: string, verdict: Verdict) => void
}

/** The gateway's questions that are open or were lately: each is decided as any other call is. */
export class Questions {
  readonly #desk: Desk
  readonly #questions = new Map<string, Question>()

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /**
   * Decide about a command and tell the gateway. One that cannot be understood is denied; one for which
   * the decision fails (the trail cannot be written) stays with the people of the gateway.
   */
  async requested(id: string, call: RequestedCall | undefined): Promise<void> {
    const before = this.#questions.get(id)
    if (before !== undefined && before.command === call?.command) return
    // The same name for another command: one of them would pass for the other.
    if (before !== undefined || call === undefined || call.command.length > LONGEST) {
      before?.end.abort()
      return this.#desk.resolve(id, 'deny')
    }
    const end = new AbortController()
    const question = { command: call.command, end, outcome: this.#decide(id, call, end.signal) }
    this.#remember(id, question)
    const outcome = await question.outcome
    const verdict = outcome && this.#verdictOf(outcome)
    if (verdict !== undefined && !end.signal.aborted) this.#desk.resolve(id, verdict)
  }

  /** Somebody answered in the gateway: nobody has to answer here any more. */
  async resolved(id: string, decision: string): Promise<void> {
    const question = this.#questions.get(id)
    if (question === undefined) return
    question.end.abort()
    this.#questions.delete(id)
    if (decision !== 'allow-always') return
    // Where no person had to answer, none may keep an answer.
    const outcome = await question.outcome
    if (outcome?.answer.decision === 'require_approval') await this.#keep(question.command)
  }

  /** The connection is gone: what is asked again comes with a name of its own. */
  forget(): void {
    for (const { end } of this.#questions.values()) end.abort()
    this.#questions.clear()
  }

  #remember(id: string, question: Question): void {
    if (this.#questions.size >= REMEMBERED) {
      const [oldest] = this.#questions.keys()
      this.#questions.get(oldest!)!.end.abort()
      this.#questions.delete(oldest!)
    }
    this.#questions.set(id, question)
  }

  /** Waits for a person as long as any other caller would. */
  async #decide(
    id: string,
    { command, agent, session, cwd }: RequestedCall,
    signal: AbortSignal,
  ): Promise<Told | undefined> {
    try {
      return await this.#desk.api.decide({
        tool: 'exec',
        identity: { principal: PRINCIPAL, agent, session, bound: new Set<never>() },
        params: { command },
        cwd,
        toolCallId: id,
        intent: 'enforce',
        via: 'openclaw',
        explain: false,
        signal,
      })
    } catch (error) {
      if (error instanceof RampartError && error.code === 'request_invalid') return UNREADABLE
      this.#desk.log.error('A question of the OpenClaw gateway is left to its people', error)
      return undefined
    }
  }

  /** Undefined where the people of the gateway go on to decide. */
  #verdictOf({ answer, state }: Told): Verdict | undefined {
    if (state === 'waiting' || !answer.enforced) return undefined
    if (!answer.allowed) return 'deny'
    const asked = answer.decision === 'require_approval'
    return this.#desk.allows || asked ? 'allow-once' : undefined
  }

  /** "Always" there is an exact rule here, as `rampart allow` makes it; what must be stopped stays so. */
  async #keep(command: string): Promise<void> {
    try {
      await this.#desk.api.rules.create(
        CALLER,
        {
          action: 'allow',
          tool: 'exec',
          pattern: command,
          generalisation: 'exact',
          reason: 'always, in OpenClaw',
        },
        'openclaw',
      )
    } catch (error) {
      this.#desk.log.error('"Always" from the OpenClaw gateway was not kept', error)
    }
  }
}
