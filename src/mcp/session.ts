import { Answers } from './answers.ts'
import { failure } from './denial.ts'
import { isDecidedOn } from './governed.ts'
import { Lane } from './lane.ts'
import type { Line } from './lines.ts'
import {
  type Fault,
  type Fields,
  guessedId,
  idOf,
  type Message,
  type Read,
  readMessage,
} from './message.ts'
import type { Options, World } from './ports.ts'
import { Requests } from './requests.ts'
import { newState, otherSide, type Out, type Side, type State } from './state.ts'

/** The one version of the protocol that has batches. */
const WITH_BATCHES = '2025-03-26'
const INTERNAL = -32603

/**
 * What stands between a host and a server: every message goes on as it came and in its order, but for the calls
 * that policies deny, the answers that response rules withhold and the tools that nobody accepted.
 */
export class Session {
  readonly #state: State
  readonly #lanes: Readonly<Record<Side, Lane<Out>>>
  readonly #requests: Requests
  readonly #answers: Answers
  /** The person knows that the server prints where it should not. */
  #warned = false

  constructor(world: World, options: Options) {
    this.#state = newState(world, options)
    const out = ({ to, text }: Out) => to === 'host' ? world.toHost(text) : world.toServer(text)
    this.#lanes = { host: new Lane(out), server: new Lane(out) }
    this.#requests = new Requests(this.#state, this.#lanes)
    this.#answers = new Answers(this.#state)
  }

  /** A line of one side. Resolves when the next one may be read. */
  take(line: Line, from: Side): Promise<void> {
    return this.#lanes[from].push(this.#read(line, from))
  }

  /** Requests that the server has not answered. */
  get open(): number {
    return this.#state.up.size
  }

  /** Of the protocol, once it is agreed on. */
  get version(): string | undefined {
    return this.#state.version
  }

  /** The host says no more: who waits for a person is answered. Resolves when all it said has gone on. */
  async hostEnded(): Promise<void> {
    await this.#lanes.host.idle().catch(() => {})
    this.#state.up.endAsking()
    await this.#requests.settled()
    await this.#lanes.host.idle().catch(() => {})
  }

  /** The server says no more. Resolves when all it said has gone on. */
  async serverEnded(): Promise<void> {
    const { up, down } = this.#state
    this.#state.ended = true
    this.#state.catalogue.end()
    up.endAsking()
    down.endAsking()
    up.endOwn(({ id }) => ({ kind: 'error', id, error: null, text: '' }))
    await this.#lanes.server.idle().catch(() => {})
    await this.#requests.settled()
  }

  async #read(line: Line, from: Side): Promise<Out[]> {
    const read = 'text' in line ? readMessage(line.text) : faultOf(line)
    if (read.kind === 'fault') return this.#unreadable(read, line, from)
    if (read.kind !== 'batch') return await this.#message(read, from)
    if (this.#state.version === WITH_BATCHES) return await this.#batch(read.messages, from)
    const why = `Batches belong to version ${WITH_BATCHES} of the protocol alone`
    return this.#unreadable({ kind: 'fault', code: -32600, why, id: null }, line, from)
  }

  /** What goes to one side of a batch is one batch again. */
  async #batch(messages: readonly (Message | Fault)[], from: Side): Promise<Out[]> {
    const outs = await Promise.all(
      messages.map((one) =>
        one.kind === 'fault'
          ? this.#unreadable(one, { text: one.text! }, from)
          : this.#message(one, from)
      ),
    )
    return (['server', 'host'] as const).flatMap((to) => {
      const texts = outs.flat().filter((out) => out.to === to).map(({ text }) => text)
      return texts.length === 0 ? [] : [{ to, text: `[${texts.join(',')}]` }]
    })
  }

  /** Whoever waits for an answer gets one; what is no message at all is told to the person alone. */
  #unreadable({ code, why, id }: Fault, line: Line, from: Side): Out[] {
    const { world, up, down } = this.#state
    const said = 'text' in line ? line.text : line.start + (line.fault === 'length' ? line.end : '')
    if (from === 'server' && !looksLikeMessage(said)) {
      this.#printed(said)
      return []
    }
    world.note(`the ${from} sent what cannot be read: ${why}`)
    // A call with an id of its own is no answer to the other side's call of the same id.
    const isAnswer = !/"method"\s*:/.test(said)
    const open = id !== null && isAnswer ? (from === 'host' ? down : up).answered(id) : undefined
    if (open?.own !== undefined) open.own({ kind: 'error', id: open.id, error: null, text: '' })
    else if (open !== undefined) {
      const text = failure(open.id, INTERNAL, `The answer cannot be read: ${why}`)
      return [{ to: otherSide(from), text }]
    }
    // A server knows only what it asked itself.
    if (from === 'server' && (isAnswer || id === null)) return []
    // The answer to an id in use is due to the request that has it.
    const calls = from === 'host' ? up : down
    return [{ to: from, text: failure(id !== null && calls.has(id) ? null : id, code, why) }]
  }

  /** A log among the messages: nothing of it is lost, and it is warned of once. */
  #printed(said: string): void {
    const start = said.slice(0, 200)
    this.#state.world.note(
      this.#warned
        ? start
        : `the server prints beside its messages, which belong on stderr: ${start}`,
    )
    this.#warned = true
  }

  async #message(message: Message, from: Side): Promise<Out[]> {
    if (message.kind === 'request') return await this.#requests.take(message, from)
    if (message.kind !== 'notification') return await this.#answers.take(message, from)
    return this.#goesOn(message, from) ? [{ to: otherSide(from), text: message.text }] : []
  }

  /**
   * Whether a notification does. The other side knows nothing of a request that was never sent; and a reader that
   * does not look for an id would carry out what nobody has decided on.
   */
  #goesOn(
    { method, params }: { readonly method: string; readonly params: Fields },
    from: Side,
  ): boolean {
    if (isDecidedOn(from, method)) {
      this.#state.world.note(`the ${from} sent ${method} without an id: it goes no further`)
      return false
    }
    if (method !== 'notifications/cancelled') return true
    const id = idOf(params['requestId'])
    return id === undefined || (from === 'host' ? this.#state.up : this.#state.down).takeBack(id)
  }
}

/** Not a line of a log, be it in JSON: what a message has that may be cut off or badly written. */
function looksLikeMessage(said: string): boolean {
  return /^\s*[{[]/.test(said) && /"jsonrpc"\s*:|"(?:result|error)"\s*:/.test(said)
}

function faultOf(line: Exclude<Line, { readonly text: string }>): Read {
  return line.fault === 'length'
    ? { kind: 'fault', code: -32600, why: 'It is too long', id: guessedId(line.start, line.end) }
    : { kind: 'fault', code: -32700, why: 'It is not valid UTF-8', id: guessedId(line.start, '') }
}
