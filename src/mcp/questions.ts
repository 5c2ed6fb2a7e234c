import { type Form, type Refusal, refused } from './denial.ts'
import type { Open } from './calls.ts'
import { governedBy } from './governed.ts'
import { isFields, type Message } from './message.ts'
import { fullName } from './names.ts'
import { OwnRequests } from './own-requests.ts'
import type { Asked } from './ports.ts'
import type { Side, State } from './state.ts'
import { doubtfulPart } from './strict.ts'

export type Request = Extract<Message, { readonly kind: 'request' }>

/** What policies are asked of a request, or why they need not be; and how a denial is told. */
export type Question =
  & { readonly form: Form }
  & ({ readonly asked: Asked } | { readonly refusal: Refusal })

/** Which question a request is to policies. */
export class Questions {
  readonly #state: State
  readonly #own: OwnRequests

  constructor(state: State) {
    this.#state = state
    this.#own = new OwnRequests(state)
  }

  /** Undefined for what passes unasked. */
  async of(message: Request, open: Open, from: Side): Promise<Question | undefined> {
    return from === 'host' && message.method === 'tools/call'
      ? await this.#toolCall(message, open)
      : this.#plain(message, from)
  }

  #plain({ method, params, text }: Request, from: Side): Question | undefined {
    const governed = governedBy(from, method, params)
    if (governed === undefined) return undefined
    const form = from === 'server' && governed.denial === 'error' ? 'rejected' : governed.denial
    const doubt = doubtfulPart(params, text)
    if (doubt !== undefined) return { form, refusal: refused(doubt) }
    const tool = fullName(this.#state.options.server, governed.tool)!
    return { form, asked: { tool, params: governed.params } }
  }

  async #toolCall({ params, text }: Request, { abort }: Open): Promise<Question> {
    const form = this.#state.options.denials
    const { name, arguments: given = {} } = params
    if (typeof name !== 'string' || !isFields(given)) {
      return {
        form: 'error',
        refusal: refused('A call names its tool, and its arguments are an object'),
      }
    }
    const doubt = doubtfulPart(params, text)
    if (doubt !== undefined) return { form, refusal: refused(doubt) }
    if (fullName(this.#state.options.server, name) === undefined) {
      return { form, refusal: refused(`No policy could name the tool ${JSON.stringify(name)}`) }
    }
    if (this.#state.catalogue.get(name) === undefined) await this.#own.list(abort.signal)
    const entry = this.#state.catalogue.get(name)
    if (entry === undefined) return { form, refusal: refused(`The server lists no tool ${name}`) }
    if (entry.why !== undefined) return { form, refusal: refused(`${name}: ${entry.why}`) }
    const roles = this.#state.catalogue.rolesOf(entry.tool)
    return { form, asked: { tool: entry.tool.full, params: given, roles } }
  }
}
