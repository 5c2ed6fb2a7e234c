import type { Approval } from '../approval/approval.ts'
import { recordLater, recordStrictly } from './record.ts'
import { stepEntry } from './resolution.ts'
import type { Services } from './services.ts'
import type { By } from './tokens.ts'

/** Denials that are remembered at once; the oldest are forgotten, and then a person is asked again. */
const REMEMBERED = 10_000
/** Of those, how many a start takes over from before. */
const TAKEN_OVER = 1000
/** Tries of what was denied after which a session is told of (security.md F33). */
export const TRIES = 5
const FLAGGED = 1000

/** A call that a person denied, and how often it was tried again since. */
export interface RunDenial {
  /** Of the approval that was denied. */
  readonly id: string
  readonly approval: Approval
  readonly tries: number
}

/** A session that tried again and again what a person had denied. */
export interface FlaggedSession {
  readonly principal: string
  readonly agent: string
  readonly session: string
  readonly tries: number
  /** Milliseconds since the epoch, of the try that flagged it. */
  readonly since: number
}

/** What people denied, so that nobody is asked the same twice in one run. */
export interface RunDenials {
  /** Newest first. */
  list(): Promise<readonly RunDenial[]>
  /** Let the call be asked again. False where no such denial is remembered. */
  lift(id: string, by: By): Promise<boolean>
}

export interface DenialMemory extends RunDenials {
  /** A person said no. */
  remember(denied: Approval): void
  /** What the store has by now, where other servers write to it: their denials, and what they took back. */
  learn(rows: readonly Approval[]): void
  /**
   * The denial that holds for this new question, counted as a try: the same call, or one with the same
   * effects where all of them are known (security.md F31), of the same principal in the same run.
   */
  deny(asked: Approval): Promise<Approval | undefined>
  flagged(): readonly FlaggedSession[]
}

interface Remembered {
  readonly approval: Approval
  readonly keys: readonly string[]
  tries: number
}

class Denials implements DenialMemory {
  readonly #services: Services
  /** By approval, oldest first. */
  readonly #denials = new Map<string, Remembered>()
  /** The newest denial of a key. */
  readonly #byKey = new Map<string, string>()
  readonly #tries = new Map<string, FlaggedSession>()
  #taken: Promise<void> | undefined

  constructor(services: Services) {
    this.#services = services
  }

  remember(approval: Approval): void {
    const keys = keysOf(approval)
    this.#denials.set(approval.id, { approval, keys, tries: 0 })
    for (const key of keys) this.#byKey.set(key, approval.id)
    if (this.#denials.size > REMEMBERED) this.#forget(this.#denials.keys().next().value!)
  }

  learn(rows: readonly Approval[]): void {
    for (const row of [...rows].reverse()) {
      if (row.status !== 'denied') continue
      if (row.lifted === true) this.#forget(row.id)
      else if (!this.#denials.has(row.id)) this.remember(row)
    }
  }

  async deny(asked: Approval): Promise<Approval | undefined> {
    await this.#ready()
    const id = keysOf(asked).map((key) => this.#byKey.get(key)).find((one) => one !== undefined)
    const denied = id === undefined ? undefined : this.#denials.get(id)
    if (denied === undefined) return undefined
    denied.tries += 1
    await this.#countTry(asked, denied.approval)
    return denied.approval
  }

  async list(): Promise<readonly RunDenial[]> {
    await this.#renewed()
    return [...this.#denials.values()].reverse()
      .map(({ approval, tries }) => ({ id: approval.id, approval, tries }))
  }

  async lift(id: string, by: By): Promise<boolean> {
    await this.#renewed()
    const known = this.#denials.get(id)
    if (known === undefined) return false
    await recordStrictly(stepEntry(known.approval, 'lifted', by), this.#services)
    const row = await this.#services.approvals.get(id)
    if (row !== undefined) {
      await this.#services.approvals.swap('denied', { ...row, lifted: true })
    }
    this.#forget(id)
    this.#tries.delete(runKey(known.approval))
    return true
  }

  flagged(): readonly FlaggedSession[] {
    return [...this.#tries.values()].filter(({ tries }) => tries >= TRIES).reverse()
  }

  #forget(id: string): void {
    const known = this.#denials.get(id)
    if (known === undefined) return
    this.#denials.delete(id)
    for (const key of known.keys) if (this.#byKey.get(key) === id) this.#byKey.delete(key)
  }

  #ready(): Promise<void> {
    return this.#taken ??= this.#takeOver()
  }

  async #renewed(): Promise<void> {
    await this.#ready()
    const { approvals } = this.#services
    if (approvals.isShared !== true) return
    this.learn(await approvals.list({ status: 'denied', limit: TAKEN_OVER }))
  }

  /** What was denied before this process began. What cannot be read is asked again: nothing loosens. */
  async #takeOver(): Promise<void> {
    try {
      const { approvals } = this.#services
      const before = await approvals.list({ status: 'denied', limit: TAKEN_OVER })
      const now = [...this.#denials.values()].map(({ approval }) => approval)
      const fresh = before.filter(({ id, lifted }) => lifted !== true && !this.#denials.has(id))
      this.#denials.clear()
      for (const approval of [...fresh.reverse(), ...now]) this.remember(approval)
    } catch (error) {
      this.#services.log.error('Cannot read what was denied before', error)
    }
  }

  async #countTry(asked: Approval, denied: Approval): Promise<void> {
    const { principal, agent, session } = asked
    const key = runKey(asked)
    const before = this.#tries.get(key)
    const tries = (before?.tries ?? 0) + 1
    const known = before !== undefined && tries > TRIES ? before.since : undefined
    this.#tries.delete(key)
    const since = known ?? this.#services.clock.now()
    this.#tries.set(key, { principal, agent, session, tries, since })
    if (this.#tries.size > FLAGGED) this.#tries.delete(this.#tries.keys().next().value!)
    if (tries === TRIES) await recordLater(flagEntry(asked, denied, tries), this.#services)
  }
}

/**
 * What makes two calls the same to who denied one: its digest, and all it would touch where that is known.
 * Within one principal and run.
 */
function keysOf(approval: Approval): readonly string[] {
  const { digest, effectsDigest } = approval
  const exact = runKey(approval, 'digest', digest)
  return effectsDigest === undefined ? [exact] : [exact, runKey(approval, 'effects', effectsDigest)]
}

/** A run is told by its id, else by its session. */
function runKey({ principal, runId, session }: Approval, ...what: readonly string[]): string {
  return JSON.stringify([
    principal,
    ...(runId === undefined ? ['s', session] : ['r', runId]),
    ...what,
  ])
}

function flagEntry(asked: Approval, denied: Approval, tries: number) {
  return {
    kind: 'alert' as const,
    tool: asked.tool,
    agent: asked.agent,
    session: asked.session,
    runId: asked.runId,
    request: { flagged: 'repeated_denied', tries, approval: denied.id },
    decision: {
      action: 'alert',
      message: `A session tried ${tries} times what a person had denied`,
      eval_us: 0,
    },
    principal: asked.principal,
    via: 'local' as const,
    links: [denied.id],
  }
}

const known = new WeakMap<object, DenialMemory>()

/** Those of these services, kept with their approval store as the desk is. */
export function denialsOf(services: Services): DenialMemory {
  let denials = known.get(services.approvals)
  if (denials === undefined) known.set(services.approvals, denials = new Denials(services))
  return denials
}
