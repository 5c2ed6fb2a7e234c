import type { Via } from '../audit/event.ts'
import { RampartError } from '../errors.ts'
import type { Caller } from './api.ts'
import { type Entry, recordLater, recordStrictly } from './record.ts'
import type { Services } from './services.ts'
import { ADMIN_SCOPES, equalInConstantTime, randomHex } from './tokens.ts'

/** How long a login code may be used. */
export const CODE_MS = 30_000
/** A session nobody touches ends after this, any session after the other. */
export const IDLE_MS = 60 * 60_000
export const LIFE_MS = 12 * 60 * 60_000
/** Most codes that wait to be used, and most sessions: the oldest session makes room. */
const WAITING = 8
const SESSIONS = 16

/** A login as the one who asked for it sees it; `code` is told once. */
export interface Login {
  readonly id: string
  readonly code: string
  readonly expiresAt: number
}
export type LoginState = 'waiting' | 'used' | 'expired'

/** What a browser gets for a code. Neither half authorises anything without the other (security.md F9). */
export interface Opened {
  readonly id: string
  readonly cookie: string
  readonly secret: string
  readonly lifeMs: number
}

export interface SessionInfo {
  readonly id: string
  readonly startedAt: number
  readonly seenAt: number
  readonly endsAt: number
}

/** What a browser proves itself with. */
export interface SessionProof {
  readonly id: string
  readonly cookie: string
  readonly secret: string
  /** Scheme, host and port the page is served from: a session counts nowhere else. */
  readonly origin: string
  /** A person did something; what a page does by itself keeps no session alive. */
  readonly active: boolean
}

/** Sessions of the dashboard. They live in this process: a restart ends all of them. */
export interface Sessions {
  /** `forbidden` for anyone but the person's own credential; `rate_limited` while many codes wait. */
  issue(caller: Caller, via: Via): Promise<Login>
  loginState(id: string): LoginState
  /**
   * Exchange a code, once. `unauthenticated` when it is unknown or late; a second use ends the session
   * that the first one opened, too, and is an alert in the trail (security.md F40).
   */
  open(code: string, origin: string): Promise<Opened>
  caller(proof: SessionProof): Caller | undefined
  /** Whether it is neither ended nor over by now. */
  isOpen(id: string): boolean
  list(): readonly SessionInfo[]
  /** End one, or all; resolves with how many there were. */
  end(id: string | 'all', caller: Caller): Promise<number>
  /** Called once when the session ends; at once when there is none. Returns how to forget it. */
  onEnd(id: string, listener: () => void): () => void
}

interface Code {
  readonly id: string
  readonly code: string
  readonly expiresAt: number
  session?: string | undefined
  used: boolean
  /** Used a second time. */
  leaked?: true
}

interface Session extends SessionInfo {
  readonly cookie: string
  readonly secret: string
  readonly origin: string
  seenAt: number
  readonly listeners: Set<() => void>
}

type Needs = Pick<
  Services,
  'audit' | 'approvals' | 'clock' | 'ids' | 'log' | 'settings' | 'switches'
>

export function createSessions(services: Needs): Sessions {
  return new MemorySessions(services)
}

class MemorySessions implements Sessions {
  readonly #services: Needs
  readonly #codes = new Map<string, Code>()
  readonly #sessions = new Map<string, Session>()

  constructor(services: Needs) {
    this.#services = services
  }

  async issue(caller: Caller, via: Via): Promise<Login> {
    if (caller.principal !== 'admin' || caller.dashboard !== undefined) {
      throw new RampartError('forbidden', "Only the person's own token opens the dashboard")
    }
    this.#sweep()
    const waiting = [...this.#codes.values()].filter(({ used }) => !used)
    if (waiting.length >= WAITING) {
      throw new RampartError('rate_limited', `${WAITING} login codes wait to be used already`)
    }
    const now = this.#services.clock.now()
    const login = { id: randomHex(8), code: randomHex(32), expiresAt: now + CODE_MS }
    await this.#tell('login_code', { login: login.id }, via)
    this.#codes.set(login.id, { ...login, used: false })
    return login
  }

  loginState(id: string): LoginState {
    const code = this.#codes.get(id)
    if (code === undefined) return 'expired'
    if (code.used) return 'used'
    return this.#services.clock.now() < code.expiresAt ? 'waiting' : 'expired'
  }

  async open(given: string, origin: string): Promise<Opened> {
    const code = [...this.#codes.values()].find(({ code }) => equalInConstantTime(code, given))
    if (code === undefined) throw refused()
    if (code.used) {
      await this.#alarm(code)
      throw refused()
    }
    const now = this.#services.clock.now()
    if (now >= code.expiresAt) throw refused()
    code.used = true
    const session: Session = {
      id: randomHex(8),
      cookie: randomHex(32),
      secret: randomHex(32),
      origin,
      startedAt: now,
      seenAt: now,
      endsAt: now + LIFE_MS,
      listeners: new Set(),
    }
    code.session = session.id
    // No session counts before the trail knows of it.
    await this.#tell('session_opened', { session: session.id, origin }, 'dashboard')
    if (code.leaked) throw refused()
    this.#makeRoom()
    this.#sessions.set(session.id, session)
    return { id: session.id, cookie: session.cookie, secret: session.secret, lifeMs: LIFE_MS }
  }

  caller({ id, cookie, secret, origin, active }: SessionProof): Caller | undefined {
    this.#sweep()
    const session = this.#sessions.get(id)
    if (session === undefined || session.origin !== origin) return undefined
    if (!equalInConstantTime(session.cookie, cookie)) return undefined
    if (!equalInConstantTime(session.secret, secret)) return undefined
    if (active) session.seenAt = this.#services.clock.now()
    return { principal: 'admin', scopes: ADMIN_SCOPES, dashboard: session.id }
  }

  isOpen(id: string): boolean {
    this.#sweep()
    return this.#sessions.has(id)
  }

  list(): readonly SessionInfo[] {
    this.#sweep()
    return [...this.#sessions.values()].map(({ id, startedAt, seenAt, endsAt }) => ({
      id,
      startedAt,
      seenAt,
      endsAt,
    }))
  }

  async end(id: string, { principal, dashboard }: Caller): Promise<number> {
    this.#sweep()
    const ids = id === 'all' ? [...this.#sessions.keys()] : this.#sessions.has(id) ? [id] : []
    for (const each of ids) {
      this.#drop(each)
      await this.#later('session_ended', {
        session: each,
        by: dashboard === undefined ? principal : 'dashboard',
      })
    }
    return ids.length
  }

  onEnd(id: string, listener: () => void): () => void {
    const session = this.#sessions.get(id)
    if (session === undefined) {
      listener()
      return () => {}
    }
    session.listeners.add(listener)
    return () => session.listeners.delete(listener)
  }

  /** Sessions and codes whose time is over. A used code is remembered as long as its session may live. */
  #sweep(): void {
    const now = this.#services.clock.now()
    for (const { id, seenAt, endsAt } of this.#sessions.values()) {
      if (now < endsAt && now - seenAt < IDLE_MS) continue
      this.#drop(id)
      void this.#later('session_ended', { session: id, by: now < endsAt ? 'idle' : 'age' })
    }
    for (const { id, used, expiresAt } of this.#codes.values()) {
      if (now >= expiresAt + (used ? LIFE_MS : CODE_MS)) this.#codes.delete(id)
    }
  }

  #makeRoom(): void {
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size < SESSIONS || oldest === undefined) return
    this.#drop(oldest)
    void this.#later('session_ended', { session: oldest, by: 'a newer one' })
  }

  #drop(id: string): void {
    const session = this.#sessions.get(id)
    this.#sessions.delete(id)
    for (const listener of session?.listeners ?? []) listener()
  }

  /** Somebody else has the code: whoever opened the session with it may not be the person. */
  async #alarm(code: Code): Promise<void> {
    const { id, session } = code
    code.leaked = true
    if (session !== undefined) this.#drop(session)
    this.#services.log.warn('A login code of the dashboard was used twice: its session is ended')
    await recordLater({
      kind: 'alert',
      request: { login: id, session: session ?? null },
      decision: {
        action: 'deny',
        message: 'A login code of the dashboard was used twice: its session is ended',
        eval_us: 0,
      },
      principal: 'unknown',
      via: 'dashboard',
    }, this.#services)
  }

  async #tell(action: string, request: Record<string, string>, via: Via): Promise<void> {
    await recordStrictly(entryOf(action, request, via), this.#services)
  }

  async #later(action: string, request: Record<string, string>): Promise<void> {
    await recordLater(entryOf(action, request, 'dashboard'), this.#services)
  }
}

/** The event of a step by which the person is known to the dashboard. */
export function entryOf(action: string, request: Record<string, string>, via: Via): Entry {
  return {
    kind: 'token',
    request,
    decision: { action, eval_us: 0 },
    principal: 'admin',
    via,
  }
}

function refused(): RampartError {
  return new RampartError('unauthenticated', 'The login code is not valid')
}
