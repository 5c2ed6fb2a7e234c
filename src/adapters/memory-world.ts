import type { PolicySet } from '../engine/policy-set.ts'
import type { Clock, FactReader, Log, PolicySource, PolicyState, WebhookClient } from '../ports.ts'

/** Policies that were compiled elsewhere and do not change, or change when told to. */
export interface MemoryPolicies extends PolicySource {
  /** Put another set in force. */
  use(set: PolicySet): void
}

export function memoryPolicies(set: PolicySet, loadedAt = 0): MemoryPolicies {
  const listeners = new Set<Parameters<PolicySource['onChange']>[0]>()
  let state: PolicyState = { set, faults: [], loadedAt, files: [] }
  return {
    current: () => state,
    findings: () => Promise.resolve([]),
    forProject: async () => state,
    reload: async () => state,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: async () => listeners.clear(),
    use(next) {
      state = { ...state, set: next }
      const change = {
        kind: 'loaded',
        hash: next.hash,
        files: [],
        faults: [],
        dropped: [],
      } as const
      for (const listener of listeners) listener(state, change)
    },
  }
}

/** A clock that stands until it is moved. */
export interface ManualClock extends Clock {
  /** Move both clocks on by `ms`; sleepers whose time has come wake. */
  advance(ms: number): void
  /** Set the wall clock alone, as a person or NTP does. */
  set(now: number): void
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

export function manualClock(start = 0): ManualClock {
  let now = start
  let elapsed = 0
  const sleepers = new Set<Sleeper>()
  return {
    now: () => now,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        if (ms <= 0) return resolve()
        const sleeper: Sleeper = { at: elapsed + ms, wake: resolve }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', () => {
          if (sleepers.delete(sleeper)) reject(signal.reason)
        }, { once: true })
      }),
    advance(ms) {
      now += ms
      elapsed += ms
      const due = [...sleepers].filter(({ at }) => at <= elapsed).sort((a, b) => a.at - b.at)
      for (const sleeper of due) {
        sleepers.delete(sleeper)
        sleeper.wake()
      }
    },
    set: (to) => void (now = to),
  }
}

/** Facts as given: paths that are not in `names` have their own name alone. */
export function memoryFacts(
  names: Readonly<Record<string, readonly string[]>> = {},
  options: {
    readonly home?: string
    readonly root?: string | undefined
    readonly scripts?: Readonly<Record<string, string>>
  } = {},
): FactReader {
  return {
    namesOf: async (paths) => new Map(paths.map((path) => [path, names[path] ?? [path]])),
    scriptsOf: async (paths) =>
      new Map(
        paths.flatMap((path) => {
          const text = options.scripts?.[path]
          return text === undefined ? [] : [[path, text] as const]
        }),
      ),
    projectRoot: async () => options.root,
    home: () => options.home ?? '/home/nobody',
    homes: () => [options.home ?? '/home/nobody'],
  }
}

/** Webhooks that answer from a table; one that is not in it has failed. */
export function memoryWebhooks(
  verdicts: Readonly<Record<string, 'allow' | 'deny' | 'failed'>> = {},
): WebhookClient {
  return {
    ask: async ({ url }) => ({
      verdict: verdicts[url] ?? 'failed',
      reason: 'answered from memory',
    }),
  }
}

/** A log that keeps its lines. */
export interface MemoryLog extends Log {
  readonly lines: string[]
}

export function memoryLog(): MemoryLog {
  const lines: string[] = []
  return {
    lines,
    error: (message) => void lines.push(`error: ${message}`),
    warn: (message) => void lines.push(`warn: ${message}`),
    info: (message) => void lines.push(`info: ${message}`),
  }
}
