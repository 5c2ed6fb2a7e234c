import type { Open } from './calls.ts'
import { denial, failure, type Form, notification, refused } from './denial.ts'
import type { Lane } from './lane.ts'
import { idOf, isFields } from './message.ts'
import type { Settled, Verdict } from './ports.ts'
import { Questions, type Request } from './questions.ts'
import { otherSide, type Out, type Side, type State } from './state.ts'

type Asking = Extract<Verdict, { readonly kind: 'asking' }>

const UNASKED: Settled = { kind: 'allowed', readsOutput: true }

/** How often whoever waits for a person hears that it still does. */
const PROGRESS_MS = 5000

/** Requests of both sides: which go on, and when. */
export class Requests {
  readonly #state: State
  readonly #questions: Questions
  /** By the side that asks: what keeps its messages in order. */
  readonly #lanes: Readonly<Record<Side, Lane<Out>>>
  /** Those that a person is asked about: they left their place in the order. */
  readonly #parked = new Set<Promise<void>>()

  constructor(state: State, lanes: Readonly<Record<Side, Lane<Out>>>) {
    this.#state = state
    this.#questions = new Questions(state)
    this.#lanes = lanes
  }

  /** Resolves when nobody waits for a person any more. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#parked])
  }

  /** What becomes of a request now; nothing, where a person is asked first. */
  async take(message: Request, from: Side): Promise<Out[]> {
    const calls = from === 'host' ? this.#state.up : this.#state.down
    const open = calls.add(message)
    if (open === undefined) {
      this.#state.world.note(
        `the ${from} used an id again that waits for an answer, or has too many open`,
      )
      // The answer to this id is due to the first one.
      return [{
        to: from,
        text: failure(null, -32600, 'The id is in use, or too many requests are open'),
      }]
    }
    try {
      const question = await this.#questions.of(message, open, from)
      if (question === undefined) {
        return this.#settle(UNASKED, open, message, from, 'error')
      }
      const { form } = question
      if ('refusal' in question) {
        const settled: Settled = { kind: 'denied', refusal: question.refusal }
        return this.#settle(settled, open, message, from, form)
      }
      open.tool = question.asked.tool
      const verdict = await this.#state.world.judge.ask(question.asked, open.abort.signal)
      // Who takes it back meanwhile asks no person.
      if (open.cancelled && verdict.kind === 'asking') await verdict.answer(open.abort.signal)
      if (open.cancelled) return this.#settle(UNASKED, open, message, from, form)
      if (verdict.kind !== 'asking') return this.#settle(verdict, open, message, from, form)
      this.#park(verdict, open, message, from, form)
      return []
    } catch (error) {
      // What nobody foresaw goes nowhere.
      const refusal = refused(`deciding failed (${(error as Error).message})`)
      return this.#settle({ kind: 'denied', refusal }, open, message, from, 'error')
    }
  }

  #settle(
    settled: Settled,
    open: Open,
    message: Request,
    from: Side,
    form: Form,
  ): Out[] {
    const calls = from === 'host' ? this.#state.up : this.#state.down
    if (open.cancelled || settled.kind === 'denied') calls.drop(open)
    if (open.cancelled) return []
    if (settled.kind === 'denied') {
      return [{ to: from, text: denial(open.id, settled.refusal, form) }]
    }
    open.readsOutput = settled.readsOutput
    open.state = 'sent'
    return [{ to: otherSide(from), text: message.text }]
  }

  /** Wait for a person beside the order of messages, and tell whoever wants to know that it goes on. */
  #park(
    asking: Asking,
    open: Open,
    message: Request,
    from: Side,
    form: Form,
  ): void {
    const lane = this.#lanes[from]
    const done = new AbortController()
    const waited = asking.answer(open.abort.signal).then(async (settled) => {
      done.abort()
      await lane.push(Promise.resolve(this.#settle(settled, open, message, from, form)))
      await lane.idle()
    })
    const parked = waited.catch((error: Error) => this.#state.world.note(error.message))
    this.#parked.add(parked)
    void parked.finally(() => this.#parked.delete(parked))
    void this.#progress(asking, message, from, done.signal)
  }

  async #progress(
    { message, approvalId }: { readonly message: string; readonly approvalId: string },
    { params }: Request,
    from: Side,
    signal: AbortSignal,
  ): Promise<void> {
    const { world } = this.#state
    const tell = (text: string) => from === 'host' ? world.toHost(text) : world.toServer(text)
    const progressToken = isFields(params['_meta'])
      ? idOf(params['_meta']['progressToken'])
      : undefined
    if (progressToken === undefined) return
    const said = `Waiting for a person: ${message} (${approvalId})`
    // Progress must grow, and the server's own begins where it likes: ours stays below.
    for (let step = 1; !signal.aborted; step++) {
      const progress = { progressToken, progress: step / 1e6, message: said }
      await tell(notification('notifications/progress', progress)).catch(() => {})
      await world.pause(PROGRESS_MS, signal)
    }
  }
}
