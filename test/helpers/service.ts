import { createHash } from 'node:crypto'
import type { Approval } from '../../src/approval/approval.ts'
import { AUDIT_SCHEMA, type AuditEvent, type EventDraft } from '../../src/audit/event.ts'
import { loadPolicies, type PolicyText } from '../../src/engine/load.ts'
import type { PolicySet } from '../../src/engine/policy-set.ts'
import type { Identity } from '../../src/engine/types.ts'
import { memoryGrants } from '../../src/adapters/memory-grants.ts'
import { memoryReader } from '../../src/adapters/memory-reader.ts'
import type { Clock, PolicyState } from '../../src/ports.ts'
import type { DecideRequest, Services, Settings } from '../../src/service/services.ts'
import { mapApprovals, memorySwitch, memoryTokens, stateOf } from './service-stores.ts'

/** A clock that stands until it is told to go on. */
export interface FakeClock extends Clock {
  /** Go on by `ms`, waking each sleeper at its time; lets the woken work in between. */
  advance(ms: number): Promise<void>
}

export function fakeClock(start = 1_800_000_000_000): FakeClock {
  let elapsed = 0
  const sleepers = new Set<{ at: number; wake: () => void }>()
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    sleep(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const sleeper = { at: elapsed + ms, wake: resolve }
      sleepers.add(sleeper)
      signal?.addEventListener('abort', () => {
        sleepers.delete(sleeper)
        reject(signal.reason)
      }, { once: true })
      return promise
    },
    async advance(ms) {
      const end = elapsed + ms
      for (;;) {
        await idle()
        const next = [...sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        sleepers.delete(next)
        elapsed = Math.max(elapsed, next.at)
        next.wake()
      }
      elapsed = end
      await idle()
    },
  }
}

/** Until everything that can go on without time has gone on. */
export async function idle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export function setOf(texts: readonly PolicyText[] | string): PolicySet {
  const sources: readonly PolicyText[] = typeof texts === 'string'
    ? [{ file: 'test.yaml', layer: 'user', text: texts }]
    : texts
  const { set, faults } = loadPolicies(sources, {
    builtins: {},
    hash: (all) => `sha256:${createHash('sha256').update(JSON.stringify(all)).digest('hex')}`,
  })
  if (set === undefined) throw new Error(JSON.stringify(faults))
  return set
}

type Asked = Pick<
  Parameters<Services['webhooks']['ask']>[0],
  'url' | 'body' | 'allowPrivate'
>

export interface Bench {
  readonly services: Services
  readonly clock: FakeClock
  /** Everything in the trail, oldest first. */
  readonly trail: AuditEvent[]
  readonly approvals: Map<string, Approval>
  readonly counted: { key: string; at: number }[]
  readonly claimed: Set<string>
  readonly logged: string[]
  readonly asked: Asked[]
  /** Policies in force from now on. */
  usePolicies(texts: readonly PolicyText[] | string): void
  /** Let the call of a port fail from now on, e.g. `audit.append`, the nth time or always. */
  fail(port: string, nth?: number): void
  mend(): void
}

export const SETTINGS: Settings = {
  version: '0.0.0-test',
  mode: 'enforce',
  failure: 'closed',
  approvalTimeoutMs: 300_000,
  previewsPerMinute: 600,
  previewBurst: 50,
  startedAt: 1_800_000_000_000,
  hosts: [],
}

type Verdict = Awaited<ReturnType<Services['webhooks']['ask']>>['verdict']

export interface BenchOptions {
  readonly settings?: Partial<Settings>
  readonly names?: Readonly<Record<string, readonly string[]>>
  /** Script files, by path. */
  readonly scripts?: Readonly<Record<string, string>>
  readonly verdicts?: Readonly<Record<string, Verdict>>
  /** What webhooks say beside their verdict. */
  readonly reason?: string
  /** Share the stores of another bench, as another process on the same state does. */
  readonly beside?: Bench
}

/** Services on memory, a standing clock, and faults on demand. */
export function bench(policies: readonly PolicyText[] | string, options: BenchOptions = {}): Bench {
  const clock = options.beside?.clock ?? fakeClock()
  const trail = options.beside?.trail ?? []
  const approvals = options.beside?.approvals ?? new Map<string, Approval>()
  const counted = options.beside?.counted ?? []
  const claimed = options.beside?.claimed ?? new Set<string>()
  const logged: string[] = []
  const asked: Asked[] = []
  const failing = new Map<string, number>()
  let state: PolicyState = stateOf(setOf(policies), clock)
  let ids = 0
  const prefix = options.beside === undefined ? '0' : '1'

  function trip(port: string): void {
    const left = failing.get(port)
    if (left === undefined) return
    if (left === 1) {
      failing.delete(port)
      throw new Error(`injected: ${port}`)
    }
    if (left > 1) failing.set(port, left - 1)
    else throw new Error(`injected: ${port}`)
  }

  const services: Services = {
    settings: { ...SETTINGS, ...options.settings },
    clock,
    ids: { next: () => `${prefix}${String(++ids).padStart(25, '0')}` },
    log: {
      error: (message, detail) => logged.push(`error: ${message}: ${String(detail)}`),
      warn: (message) => logged.push(`warn: ${message}`),
      info: (message) => logged.push(`info: ${message}`),
    },
    policies: {
      current: () => state,
      findings: () => Promise.resolve([]),
      async forProject() {
        trip('policies.forProject')
        return state
      },
      async reload() {
        trip('policies.reload')
        return state
      },
      onChange: () => () => {},
      close: async () => {},
    },
    audit: {
      async append(drafts: readonly EventDraft[]) {
        trip('audit.append')
        await Promise.resolve()
        return drafts.map((draft) => {
          const event: AuditEvent = {
            ...draft,
            schema: AUDIT_SCHEMA,
            seq: trail.length + 1,
            prev_hash: '',
            hash: '',
          }
          trail.push(event)
          return event
        })
      },
      async query({ id, kind, limit }) {
        trip('audit.query')
        return trail.filter((event) =>
          (id === undefined || event.id === id) && (kind === undefined || event.kind === kind)
        ).reverse().slice(0, limit)
      },
      head: () => ({ seq: trail.length, hash: '' }),
      close: async () => {},
    },
    reader: memoryReader(() => trail),
    approvals: mapApprovals(approvals, trip),
    tokens: memoryTokens(trip),
    counter: {
      async record(key, at) {
        trip('counter.record')
        counted.push({ key: JSON.stringify(key), at })
      },
      count(key, since) {
        trip('counter.count')
        const wanted = JSON.stringify(key)
        return counted.filter((one) => one.key === wanted && one.at >= since).length
      },
    },
    once: {
      claimed(key) {
        trip('once.claimed')
        return claimed.has(key)
      },
      async claim(keys) {
        trip('once.claim')
        if (keys.some((key) => claimed.has(key))) return false
        for (const key of keys) claimed.add(key)
        return true
      },
    },
    grants: options.beside?.services.grants ?? memoryGrants(),
    facts: {
      async namesOf(paths) {
        trip('facts.namesOf')
        return new Map(paths.map((path) => [path, options.names?.[path] ?? [path]]))
      },
      async scriptsOf(paths) {
        trip('facts.scriptsOf')
        const texts = options.scripts ?? {}
        return new Map(paths.flatMap((path) => path in texts ? [[path, texts[path]!]] : []))
      },
      projectRoot: async () => undefined,
      home() {
        trip('facts.home')
        return '/home/me'
      },
      homes() {
        trip('facts.home')
        return ['/home/me']
      },
    },
    switches: memorySwitch(trip),
    webhooks: {
      async ask({ url, body, allowPrivate }) {
        asked.push({ url, body, allowPrivate })
        trip('webhooks.ask')
        return { verdict: options.verdicts?.[url] ?? 'failed', reason: options.reason ?? '' }
      },
    },
  }
  return {
    services,
    clock,
    trail,
    approvals,
    counted,
    claimed,
    logged,
    asked,
    usePolicies: (texts) => state = stateOf(setOf(texts), clock),
    fail: (port, nth = 0) => failing.set(port, nth),
    mend: () => failing.clear(),
  }
}

export function identityOf(change: Partial<Identity> = {}): Identity {
  return { principal: 'token:1', agent: 'a', session: 's', bound: new Set(), ...change }
}

/** A command to decide, enforced and not waited for unless the change says otherwise. */
export function call(command: string, change: Partial<DecideRequest> = {}): DecideRequest {
  return {
    tool: 'exec',
    identity: identityOf(),
    params: { command },
    intent: 'enforce',
    waitMs: 0,
    via: 'http',
    explain: false,
    ...change,
  }
}
