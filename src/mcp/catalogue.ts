import type { Json } from '../engine/types.ts'
import type { Role } from '../intercept/mcp-words.ts'
import { type Definition, type Doubt, doubtOf, sortTools } from './definitions.ts'
import { notification } from './denial.ts'
import { isFields, twinIn } from './message.ts'
import type { Options, Settled, Verdict, World } from './ports.ts'
import { rolesIn } from './roles.ts'

/** The tool by which policies and people are asked about a definition (policies/self-protection.yaml). */
export const DEFINITION_TOOL = 'mcp_definition'
/** Keys of a page. */
const KEYS = ['tools', 'nextCursor', '_meta']
/** What is shown of a definition. */
const SHOWN = 4000

interface Entry {
  readonly tool: Definition
  /** Why it must not be called yet; undefined where it may. */
  why?: string | undefined
}

/**
 * The tools of a server: what it listed in this session, and which of them a model may see. A definition that
 * is not the one that was accepted before waits for a person, and so does a new one that speaks to the model
 * behind the person's back.
 */
export class Catalogue {
  readonly #world: World
  readonly #options: Options
  readonly #entries = new Map<string, Entry>()
  /** Which tool a full name is of: others that differ in letter case alone are none. */
  readonly #owners = new Map<string, string>()
  readonly #noted = new Set<string>()
  readonly #end = new AbortController()

  constructor(world: World, options: Options) {
    this.#world = world
    this.#options = options
  }

  get(name: string): Entry | undefined {
    return this.#entries.get(name)
  }

  /** Nobody is waited for any more. */
  end(): void {
    this.#end.abort()
  }

  /** What the arguments of a tool stand for: by its schema, and the person's word above that. */
  rolesOf({ name, fields }: Definition): Record<string, Role> {
    const said = Object.hasOwn(this.#options.roles, name) ? this.#options.roles[name]! : {}
    const roles = { ...rolesIn(fields['inputSchema']), ...said }
    return Object.fromEntries(
      Object.entries(roles).filter((entry): entry is [string, Role] => entry[1] !== 'none'),
    )
  }

  /**
   * Take in a page of `tools/list`. Resolves with what may be shown of it: the very same where that is all, undefined
   * where two programs could read two lists.
   */
  async take(page: Json): Promise<Json | undefined> {
    if (!isFields(page) || twinIn(page, KEYS) !== undefined) return undefined
    // Nothing is no list that is left out.
    if ((page['tools'] ?? null) === null) return page
    if (!Array.isArray(page['tools'])) return undefined
    const { tools, unfit } = sortTools(this.#options.server, page)
    for (const { name, why } of unfit) this.#note(`${name}: left out, ${why}`)
    const accepted = new Map<string, string>()
    const shown: Definition[] = []
    for (const tool of tools) {
      if (!this.#isOwn(tool)) continue
      const entry = await this.#entryOf(tool, accepted)
      this.#entries.set(tool.name, entry)
      if (entry.why === undefined && !await this.#isHidden(tool)) shown.push(tool)
    }
    if (accepted.size > 0) await this.#world.pins.set(accepted)
    if (shown.length === page['tools'].length) return page
    return { ...page, tools: shown.map(({ fields }) => fields) }
  }

  #isOwn({ full, name }: Definition): boolean {
    const owner = this.#owners.get(full) ?? name
    this.#owners.set(full, owner)
    if (owner !== name) this.#note(`${name}: left out, another tool has that name`)
    return owner === name
  }

  async #isHidden({ full }: Definition): Promise<boolean> {
    return this.#options.hideDenied && await this.#world.judge.wouldDeny(full)
  }

  async #entryOf(tool: Definition, accepted: Map<string, string>): Promise<Entry> {
    const before = this.#entries.get(tool.name)
    if (before?.tool.canonical === tool.canonical) return before
    const pinned = this.#world.pins.get(tool.name)
    const doubt = doubtOf(tool, pinned)
    if (doubt === undefined) {
      if (pinned === undefined) accepted.set(tool.name, tool.canonical)
      return { tool }
    }
    const verdict = await this.#world.judge.ask({
      tool: DEFINITION_TOOL,
      params: paramsOf(this.#options.server, tool, doubt),
    })
    if (verdict.kind === 'allowed') accepted.set(tool.name, tool.canonical)
    const entry: Entry = { tool, why: whyNot(verdict, doubt) }
    if (verdict.kind === 'asking') void this.#later(entry, verdict)
    if (entry.why !== undefined) this.#note(`${tool.name}: left out, ${entry.why}`)
    return entry
  }

  /** Once a person has said yes, the host is told to look again. */
  async #later(
    entry: Entry,
    asking: { answer(signal: AbortSignal): Promise<Settled> },
  ): Promise<void> {
    const { tool } = entry
    const settled = await asking.answer(this.#end.signal)
    if (this.#end.signal.aborted) return
    if (settled.kind === 'denied') {
      entry.why = `a person did not accept its definition (${settled.refusal.message})`
      return
    }
    await this.#world.pins.set(new Map([[tool.name, tool.canonical]]))
    entry.why = undefined
    await this.#world.toHost(notification('notifications/tools/list_changed'))
  }

  #note(text: string): void {
    if (this.#noted.has(text)) return
    this.#noted.add(text)
    this.#world.note(`tool ${text}`)
  }
}

function paramsOf(
  server: string,
  tool: Definition,
  { kind, findings, diff }: Doubt,
): Record<string, Json> {
  return {
    server,
    tool: tool.name,
    reason: kind === 'changed' ? 'its definition is not the one that was accepted' : 'it is new',
    findings: findings.map(({ what }) => what),
    diff: diff.map((line) => line.slice(0, SHOWN)),
    definition: tool.canonical.slice(0, SHOWN),
  }
}

function whyNot(verdict: Verdict, { kind, findings }: Doubt): string | undefined {
  if (verdict.kind === 'allowed') return undefined
  const said = kind === 'changed'
    ? 'its definition is not the one that was accepted before'
    : `its definition ${findings.map(({ what }) => what).join(', ')}`
  return verdict.kind === 'asking'
    ? `${said}: a person has to accept it (rampart approve ${verdict.approvalId})`
    : `${said}: ${verdict.refusal.message}`
}
