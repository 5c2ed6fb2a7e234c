import { holdsAny } from '../engine/response-kinds.ts'
import type { Json } from '../engine/types.ts'
import type { Open } from './calls.ts'
import { answer, denial, failure, refused } from './denial.ts'
import { answersAreRead, governedBy } from './governed.ts'
import { type Id, isFields, type Message } from './message.ts'
import { fullName } from './names.ts'
import { answerWith, leavesOfAnswer, textsOf } from './shown.ts'
import type { Origin, Out, Side, State } from './state.ts'

export type Answer = Extract<Message, { readonly kind: 'result' | 'error' }>

const UNREADABLE = -32603
/** Most tasks whose call is remembered. */
const TASKS = 1000

/** Answers of both sides: to whom they go, and what of them. */
export class Answers {
  readonly #state: State

  constructor(state: State) {
    this.#state = state
  }

  async take(message: Answer, from: Side): Promise<Out[]> {
    return from === 'host' ? this.#hostAnswered(message) : await this.#serverAnswered(message)
  }

  #hostAnswered(message: Answer): Out[] {
    if (message.id !== null && this.#state.down.answered(message.id) !== undefined) {
      return [{ to: 'server', text: message.text }]
    }
    this.#state.world.note(`the host answered what nobody asked (${shownId(message.id)})`)
    return []
  }

  async #serverAnswered(message: Answer): Promise<Out[]> {
    const open = message.id === null ? undefined : this.#state.up.answered(message.id)
    if (open === undefined) {
      if (message.kind === 'error' && message.id === null) {
        return [{ to: 'host', text: message.text }]
      }
      this.#state.world.note(`the server answered what nobody asked (${shownId(message.id)})`)
      return []
    }
    if (open.own !== undefined) {
      open.own(message)
      return []
    }
    if (message.kind === 'result') {
      if (open.method === 'initialize') this.#agreed(message.result)
      if (open.method === 'tools/list') return [{ to: 'host', text: await this.#listed(message) }]
    }
    if (!answersAreRead(open.method)) return [{ to: 'host', text: message.text }]
    return [{ to: 'host', text: await this.#looked(message, open) }]
  }

  #agreed(result: Json): void {
    const version = isFields(result) ? result['protocolVersion'] : undefined
    if (typeof version === 'string') this.#state.version = version
  }

  async #listed(
    { id, result, text }: Extract<Message, { readonly kind: 'result' }>,
  ): Promise<string> {
    const shown = await this.#state.catalogue.take(result)
    if (shown === undefined) {
      const why = 'The list of tools is none, or two programs would read two lists'
      this.#state.world.note(why)
      return failure(id, UNREADABLE, why)
    }
    return shown === result ? text : answer(id, shown)
  }

  /** An answer as response rules leave it. */
  async #looked(message: Answer, open: Open): Promise<string> {
    const said = message.kind === 'result' ? message.result : message.error
    const { tool, params, readsOutput } = this.#originOf(open, said)
    if (readsOutput === false) return message.text
    const leaves = leavesOfAnswer(said)
    // What the rules look for, looked for here: most outputs hold nothing of it, and nobody need be asked.
    if (readsOutput !== true && !holdsAny(leaves.whole(leaves.texts), readsOutput)) {
      return message.text
    }
    const asked = { tool, params, texts: textsOf(leaves) }
    const verdict = await this.#state.world.judge.ask(asked)
    if (verdict.kind === 'allowed') return message.text
    if (verdict.kind === 'denied' && verdict.shown !== undefined) {
      const text = answerWith(message, leaves, verdict.shown)
      if (text !== undefined) {
        const { message: why } = verdict.refusal
        this.#state.world.note(`hidden in the answer to ${tool}: ${why}`)
        return text
      }
    }
    const refusal = verdict.kind === 'denied' ? verdict.refusal : refused(verdict.message)
    const isTool = open.method === 'tools/call' || open.method === 'tasks/result'
    const withheld = { ...refusal, message: `its output is withheld: ${refusal.message}` }
    return denial(open.id, withheld, isTool ? this.#state.options.denials : 'error')
  }

  /** The call that an answer belongs to; of a task's, the call that began it. */
  #originOf({ method, params, tool = '', readsOutput }: Open, said: Json): Origin {
    const { options: { server }, tasks } = this.#state
    if (method === 'tasks/result') {
      const id = params['taskId']
      const known = typeof id === 'string' ? tasks.get(id) : undefined
      return known ?? { tool: fullName(server, method)!, params, readsOutput }
    }
    if (method !== 'tools/call') {
      return { tool, params: governedBy('host', method, params)?.params ?? {}, readsOutput }
    }
    const given = params['arguments']
    const origin = { tool, params: isFields(given) ? given : {}, readsOutput }
    const task = isFields(said) && isFields(said['task']) ? said['task']['taskId'] : undefined
    if (typeof task === 'string' && tasks.size < TASKS) tasks.set(task, origin)
    return origin
  }
}

const shownId = (id: Id | null) => `id ${JSON.stringify(id)?.slice(0, 60)}`
