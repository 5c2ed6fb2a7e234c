import { readFileSync } from 'node:fs'
import { memoryHookedCalls } from '../../src/adapters/memory.ts'
import { answerHook, type HookAnswer, type HookContext } from '../../src/hosts/answer.ts'
import { hookService } from '../../src/service/hooked.ts'
import type { HookedCalls } from '../../src/ports.ts'
import { type Bench, bench, type BenchOptions } from './service.ts'

export const HOOK_POLICY = readFileSync(
  new URL('../fixtures/hosts/policy.yaml', import.meta.url),
  'utf8',
)

export interface HookBench extends Bench {
  /** Answer one event: an object is sent as JSON, a text and bytes as they are. */
  send(
    format: string,
    event: string | Uint8Array | object,
    change?: Partial<HookContext>,
  ): Promise<HookAnswer>
  /** Everything told by now: what was decided of what, oldest first. */
  told(): string[]
}

/** A bench that answers hosts; no answer is too late unless a test asks for `deadlines`. */
export function hookBench(
  policy = HOOK_POLICY,
  { deadlines = false, hooked = memoryHookedCalls(), ...options }: BenchOptions & {
    readonly deadlines?: boolean
    readonly hooked?: HookedCalls
  } = {},
): HookBench {
  const inner = bench(policy, options)
  const services = { ...inner.services, hooked }
  const bound = hookService(services)
  const service = deadlines ? bound : { ...bound, sleep: () => new Promise<void>(() => {}) }
  return {
    ...inner,
    services,
    send(format, event, change = {}) {
      const bytes = event instanceof Uint8Array
        ? event
        : new TextEncoder().encode(typeof event === 'string' ? event : JSON.stringify(event))
      return answerHook(format, bytes, { service, principal: 'uid:1000', via: 'hook', ...change })
    },
    told: () =>
      inner.trail.map(({ kind, tool, decision }) =>
        `${kind === 'decision' ? '' : `${kind} `}${tool}: ${decision.action}`
      ),
  }
}
