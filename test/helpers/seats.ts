import type { SeenProcess } from '../../src/ports.ts'
import { getApproval, resolveApproval } from '../../src/service/approve.ts'
import { decide } from '../../src/service/decide.ts'
import type { EdgeLayer } from '../../src/service/edge.ts'
import type { Answer, DecideRequest } from '../../src/service/services.ts'
import { type Bench, bench, type BenchOptions, call } from './service.ts'

export const SEAT_POLICIES = `
version: "1"
default_action: allow
policies:
  - name: p
    match: {tool: exec}
    rules:
      - {action: deny, when: {command_matches: ["rm -rf /*"]}, message: "No."}
      - {action: require_approval, when: {command_matches: ["git push*", "deploy*"]}, message: "Ask"}
      - {action: webhook, when: {command_matches: ["hook*"]}, webhook: {url: "http://yes.example/"}}
      - {action: allow, once: true, when: {command_matches: ["single*"]}}
  - name: limit
    match: {tool: exec}
    rules:
      - {action: deny, when: {command_matches: ["ping*"], call_count: {tool: exec, gte: 3, window: 1m}}}
`

/** agent 10 – hook 11; shell 20 under the agent – make 21 – its child 22; a stranger 90. */
const PARENTS: Record<number, number> = { 10: 1, 11: 10, 20: 10, 21: 20, 22: 21, 90: 1, 91: 90 }

export function scene(options: BenchOptions = {}, policies = SEAT_POLICIES): Scene {
  const one = bench(policies, { verdicts: { 'http://yes.example/': 'allow' }, ...options })
  const started = new Map<number, string>()
  const gone = new Set<number>()
  const looks: [number, number][] = []
  const processes = {
    chainOf(pid: number, most = 64) {
      looks.push([pid, most])
      const chain: SeenProcess[] = []
      for (let next = pid; next > 1 && chain.length < most; next = PARENTS[next] ?? 0) {
        if (gone.has(next) || !(next in PARENTS)) break
        chain.push({ pid: next, started: started.get(next) ?? '1' })
      }
      return chain.length === 0 ? undefined : chain
    },
  }
  const services = { ...one.services, processes }
  const at = (layer: EdgeLayer, pid: number, change: Partial<DecideRequest> = {}) => ({
    seen: { layer, pid },
    via: layer === 'http' ? 'http' as const : layer,
    cwd: '/w',
    waitMs: 0,
    ...change,
  })
  const ask = async (request: DecideRequest) => (await decide(request, services)).answer
  return {
    ...one,
    services,
    started,
    gone,
    looks,
    hook: (line: string, change = {}) => ask(call(line, at('hook', 11, change))),
    shim: (line: string, change = {}) => ask(call(line, at('shim', 20, change))),
    exec: (argv: readonly string[], pid = 21, change: Partial<DecideRequest> = {}) =>
      ask({ ...call('', at('preload', pid, change)), params: change.params ?? { argv } }),
  }
}

type Ask<T> = (what: T, change?: Partial<DecideRequest>) => Promise<Answer>

export interface Scene extends Bench {
  /** When processes began, those that are gone, and which were looked up how far. */
  readonly started: Map<number, string>
  readonly gone: Set<number>
  readonly looks: [number, number][]
  readonly hook: Ask<string>
  readonly shim: Ask<string>
  exec(argv: readonly string[], pid?: number, change?: Partial<DecideRequest>): Promise<Answer>
}

export const approve = async (one: Scene, id: string): Promise<void> =>
  void await resolveApproval(
    one.services,
    { principal: 'admin', scopes: ['admin'] },
    id,
    { approved: true },
    'cli',
  )
export const poll = (one: Scene, id: string): ReturnType<typeof getApproval> =>
  getApproval(one.services, { principal: 'token:1', scopes: ['eval'] }, id, 0)
