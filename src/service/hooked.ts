import type { Via } from '../audit/event.ts'
import type { HookedCall } from '../ports.ts'
import { decideForHost } from './decide.ts'
import { sha256 } from './digest.ts'
import { recordLater } from './record.ts'
import type { DecideRequest, Held, Outcome, Services } from './services.ts'

/** Who speaks for an agent, and how an event of its host came in. */
export interface HookParty {
  readonly principal: string
  readonly agent: string
  readonly session: string
  readonly toolCallId?: string | undefined
  readonly via: Via
}

/** What the codecs of hosts may use. */
export interface HookService {
  decide(request: DecideRequest): Promise<Outcome | Held>
  /** What the host was told of a call; undefined where it may run, or nothing is known. Never rejects. */
  recall(key: string): Promise<HookedCall | undefined>
  /** Never rejects: what is not remembered is not noticed later. */
  remember(key: string, told: HookedCall['told'], auditIds: readonly string[]): Promise<void>
  forget(key: string): Promise<void>
  /** A host ran what it was told to deny: everybody who is told of errors is told of it. */
  ignored(tool: string, denial: HookedCall, party: HookParty): Promise<void>
  /** An event that could not be read was answered with a denial. */
  unreadable(why: string, party: HookParty): Promise<void>
  /** The account's home, for what hosts write with `~`. */
  home(): string
  /** Resolves after so long; rejects when `signal` fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The use cases of hosts, bound to their services. */
export function hookService(services: Services): HookService {
  const { hooked, clock, facts, log } = services

  async function kept<T>(what: string, work: () => Promise<T> | undefined): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      log.error(`Cannot ${what} what a host was told`, error)
      return undefined
    }
  }

  return {
    decide: (request) => decideForHost(request, services),
    recall: (key) => kept('look up', () => hooked?.get(key)),
    async remember(key, told, auditIds) {
      await kept('remember', () => hooked?.set(key, { told, auditIds, at: clock.now() }))
    },
    async forget(key) {
      await kept('forget', () => hooked?.remove(key))
    },
    ignored: (tool, { auditIds, at }, party) =>
      recordLater({
        kind: 'alert',
        tool,
        request: { host: party.agent, denied: auditIds, denied_at: new Date(at).toISOString() },
        decision: {
          action: 'denial_ignored',
          message: `${party.agent} ran a call that it was told to deny`,
          eval_us: 0,
        },
        enforced: false,
        links: auditIds,
        ...party,
      }, services),
    unreadable: (why, party) =>
      recordLater({
        kind: 'decision',
        tool: 'unreadable',
        request: { host: party.agent },
        decision: { action: 'deny', message: why, eval_us: 0 },
        enforced: true,
        ...party,
      }, services),
    home: () => facts.home(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  }
}

/** The name under which a call of a host is remembered: by its id, else by what it is. */
export async function hookedKey(
  { principal, agent, session, toolCallId }: Pick<
    HookParty,
    'principal' | 'agent' | 'session' | 'toolCallId'
  >,
  what: string,
): Promise<string> {
  const which = toolCallId === undefined ? ['is', what] : ['id', toolCallId]
  return await sha256(JSON.stringify([principal, agent, session, ...which]))
}
