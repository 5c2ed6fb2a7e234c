import type { Approval } from '../../src/approval/approval.ts'
import { StatsBuilder } from '../../src/audit/stats.ts'
import { checkAnswer } from './described.ts'
import { fakeSessions, fakeStepUps } from './sessions.ts'
import { fakeExport, fakeProofs, fakeWatch } from './http-proofs.ts'
import { fakeRules } from './http-rules.ts'
import { RampartError } from '../../src/errors.ts'
import { NO_FLEET } from './no-fleet.ts'
import { type App, createApp } from '../../src/http/app.ts'
import type { Transport } from '../../src/http/transport.ts'
import type { Api, Caller } from '../../src/service/api.ts'
import type { Answer, DecideRequest, Outcome } from '../../src/service/services.ts'

export const CALLERS: Readonly<Record<string, Caller>> = {
  'admin-token': { principal: 'admin', scopes: ['eval', 'approve', 'audit', 'admin'] },
  'eval-token': { principal: 'token:E', scopes: ['eval'] },
  'bound-token': { principal: 'token:B', scopes: ['eval'], agent: 'bound' },
  'audit-token': { principal: 'token:U', scopes: ['eval', 'audit'] },
  'approve-token': { principal: 'token:P', scopes: ['approve'] },
  'execute-token': { principal: 'token:X', scopes: ['eval', 'execute'] },
  'all-token': { principal: 'token:A', scopes: ['admin'] },
}

export const DENIED: Answer = {
  allowed: false,
  decision: 'deny',
  message: 'Not here',
  policy: 'guard',
  rule: 'guard/1',
  matched_policies: ['guard', 'secret-policy'],
  effects: [{ tool: 'delete', path: '/', by: 'rm' }],
  effects_complete: true,
  eval_duration_us: 12,
  audit_id: '01HZZZZZZZZZZZZZZZZZZZZZZZ',
  enforced: true,
  trace: [],
  suggestions: ['ask less'],
}

export const APPROVAL: Approval = {
  id: 'APPROVAL1',
  status: 'pending',
  digest: 'd',
  principal: 'token:E',
  agent: 'a',
  session: 's',
  tool: 'exec',
  params: { command: 'deploy' },
  message: 'Deploying needs a person',
  createdAt: 1_800_000_000_000,
  expiresAt: 1_800_000_300_000,
  detached: false,
}

const NO_STATS = new StatsBuilder().result(undefined, undefined)

export interface FakeApi extends Api {
  /** Every request that reached the service. */
  readonly decided: DecideRequest[]
  readonly failures: string[]
  readonly calls: string[]
  /** What the next decisions are: an outcome, or what is thrown. */
  answer: (request: DecideRequest) => Outcome | Promise<Outcome>
}

const POLICY = {
  hash: 'sha256:0',
  loaded_at: '2027-01-15T08:00:00.000Z',
  files: ['p.yaml'],
  policies: 1,
  faults: [],
}

export function denied(): Outcome {
  return { answer: DENIED, state: 'answered' }
}

/** An api whose answers a test chooses; it keeps what it was asked. */
export function fakeApi(): FakeApi {
  const health = {
    status: 'ok',
    service: 'rampart',
    version: '0.0.0',
    mode: 'enforce',
    uptime_seconds: 1,
    policy: POLICY,
    bundle: null,
  } as const
  const api: FakeApi = {
    decided: [],
    failures: [],
    calls: [],
    answer: denied,
    authenticate: async (token) => Object.hasOwn(CALLERS, token) ? CALLERS[token] : undefined,
    async authFailed(via, detail) {
      api.failures.push(`${via} ${detail}`)
    },
    async decide(request) {
      api.decided.push(request)
      return await api.answer(request)
    },
    executes: [],
    async execute(request) {
      api.decided.push(request)
      return { outcome: await api.answer(request) }
    },
    stopExecutions: () => Promise.resolve(),
    fleet: NO_FLEET,
    hooks: {
      async decide(request) {
        api.decided.push(request)
        return await api.answer(request)
      },
      recall: () => Promise.resolve(undefined),
      remember: async (key, told) => void api.calls.push(`remember ${key.length} ${told}`),
      forget: async () => {},
      ignored: async (tool) => void api.calls.push(`ignored ${tool}`),
      unreadable: async (why) => void api.calls.push(`unreadable ${why}`),
      home: () => '/home/me',
      sleep: () => new Promise(() => {}),
    },
    async explain(request) {
      api.decided.push(request)
      return { answer: DENIED, subjects: [{ kind: 'part', label: 'rm -rf /' }] }
    },
    async listApprovals(caller, filter) {
      const { status, limit, after } = filter
      const from = after === undefined ? '' : ` ${after}`
      api.calls.push(`list ${caller.principal} ${status} ${limit}${from}`)
      return { approvals: [APPROVAL], next: undefined }
    },
    async getApproval(caller, id, waitMs) {
      api.calls.push(`get ${caller.principal} ${id} ${waitMs}`)
      if (id !== APPROVAL.id) throw new RampartError('not_found', 'There is no such approval')
      return APPROVAL
    },
    async createApproval(caller, request) {
      api.calls.push(`create ${caller.principal} ${request.tool} ${request.identity.agent}`)
      return APPROVAL
    },
    async resolveApproval(caller, id, answer, via) {
      api.calls.push(`resolve ${caller.principal} ${id} ${answer.approved} ${via}`)
      if (id === 'SETTLED') throw new RampartError('approval_settled', 'It is settled already')
      return { ...APPROVAL, status: 'approved', resolvedAt: 1_800_000_001_000 }
    },
    async withdrawApproval(caller, id, via) {
      api.calls.push(`withdraw ${caller.principal} ${id} ${via}`)
      return { ...APPROVAL, status: 'cancelled' }
    },
    rules: fakeRules,
    async bulkResolve(caller, ids, answer, via) {
      api.calls.push(`bulk ${caller.principal} ${ids.length} ${answer.approved} ${via}`)
      const error = new RampartError('approval_settled', 'It is settled already')
      return ids.map((id) =>
        id === 'SETTLED' ? { id, error } : { id, approval: { ...APPROVAL, status: 'approved' } }
      )
    },
    async approvalStats(since) {
      api.calls.push(`approval stats ${since}`)
      return {
        since: '2027-01-15T08:00:00.000Z',
        asked: 0,
        answered: 0,
        asks_per_hour: 0,
        median_answer_ms: null,
        rules: [],
      }
    },
    denials: () => ({ list: async () => [], lift: async () => false }),
    exportTrail: fakeExport,
    watch: fakeWatch,
    proofs: fakeProofs,
    viewLink: () => Promise.resolve({ kind: 'unknown' }),
    answerLink: () => Promise.reject(new RampartError('not_found', 'There is no such link')),
    async events(filter) {
      api.calls.push(`events ${JSON.stringify(filter)}`)
      return { events: [], next: undefined }
    },
    async stats(span) {
      api.calls.push(`stats ${JSON.stringify(span)}`)
      return NO_STATS
    },
    async agentSessions(span) {
      api.calls.push(`sessions ${JSON.stringify(span)}`)
      return { sessions: [], unlisted: 0 }
    },
    health: () => health,
    status: async () => ({
      ...health,
      level: 'L0',
      failure: 'open',
      off_until: null,
      pending_approvals: 0,
      flagged_sessions: [],
      passed_unasked: 0,
      audit: { seq: 0, hash: 'sha256:0' },
      sinks: [],
      notify: [],
    }),
    readiness: () => ({ ready: true, reasons: [] }),
    metrics: () => Promise.resolve('rampart_info 1\n'),
    policies: () => ({ hash: 'sha256:0', policies: [] }),
    findings: async () => [],
    reload: async () => POLICY,
    sessions: fakeSessions(),
    stepUps: fakeStepUps(),
    drain() {},
  }
  return api
}

export interface HttpBench {
  readonly api: FakeApi
  readonly app: App
  readonly logged: unknown[]
  send(path: string, options?: Sent): Promise<Got>
}

export interface Sent {
  readonly method?: string | undefined
  readonly token?: string | null | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A value is sent as JSON, bytes and streams as they are. */
  readonly body?: unknown
  readonly env?: Transport | undefined
  readonly origin?: string | undefined
  readonly signal?: AbortSignal | undefined
}

export interface Got {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // deno-lint-ignore no-explicit-any
  readonly json: any
}

export function httpBench(options: { hosts?: readonly string[]; host?: string } = {}): HttpBench {
  const api = fakeApi()
  const logged: unknown[] = []
  const keep = (_message: string, detail?: unknown) => void logged.push(detail)
  const app = createApp(api, {
    settings: { hosts: options.hosts ?? [], version: '0.0.0', approvalTimeoutMs: 300_000 },
    host: options.host ?? '127.0.0.1',
    log: { error: keep, warn: keep, info: keep },
  })
  return {
    api,
    app,
    logged,
    async send(path, sent = {}) {
      const request = requestFor(path, sent)
      const { method } = request
      const got = await received(await app.fetch(request, sent.env))
      checkAnswer(method, path.split('?')[0]!, got)
      return got
    },
  }
}

/** A request as a runtime would hand it over; with an admin token unless `token` says otherwise. */
export function requestFor(path: string, sent: Sent): Request {
  const { body, token = 'admin-token', origin = 'http://127.0.0.1:9090' } = sent
  const headers = new Headers(sent.headers)
  if (token !== null) headers.set('authorization', `Bearer ${token}`)
  if (body !== undefined && !headers.has('content-type')) {
    headers.set('content-type', 'application/json')
  }
  if (headers.get('content-type') === 'none') headers.delete('content-type')
  return new Request(`${origin}${path}`, {
    method: sent.method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    ...(body === undefined ? {} : { body: encoded(body), duplex: 'half' }),
    ...(sent.signal === undefined ? {} : { signal: sent.signal }),
  } as RequestInit)
}

/** As bytes, so that no runtime adds a content type of its own. */
function encoded(body: unknown): BodyInit {
  if (body instanceof Uint8Array || body instanceof ReadableStream) return body as BodyInit
  return new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
}

async function received(response: Response): Promise<Got> {
  const text = await response.text()
  const { status, headers } = response
  const isJson = text !== '' && /[+/]json$/.test(headers.get('content-type') ?? '')
  return { status, headers, text, json: isJson ? JSON.parse(text) : undefined }
}

/** The body of an exec call. */
export function exec(
  command: string,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return { agent: 'a', session: 's', params: { command }, ...more }
}
