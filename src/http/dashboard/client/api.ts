const KEY = 'rampart-session'

/** What the server answered instead of what was asked for. */
export class Problem extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
  }
}

/** The half of the session that no other origin can read; the cookie is the other (security.md F9). */
function secret(): string | null {
  return sessionStorage.getItem(KEY)
}

export function isLoggedIn(): boolean {
  return secret() !== null
}

/** On the page that answers a login: keep the secret, and leave the page that holds it. */
export function takeSecret(): boolean {
  const meta = document.querySelector('meta[name="rampart-session"]')
  if (meta === null) return false
  sessionStorage.setItem(KEY, meta.getAttribute('content') ?? '')
  meta.remove()
  location.replace('/dashboard')
  return true
}

let lost: () => void = () => {}

/** Called when the session is over. */
export function onLost(listener: () => void): void {
  lost = listener
}

export function forgetSession(): void {
  sessionStorage.removeItem(KEY)
  lost()
}

let touched = true
for (const type of ['pointerdown', 'keydown']) {
  addEventListener(type, () => touched = true, { capture: true, passive: true })
}

/** What a person did since the last request keeps the session alive; what the page does by itself doesn't. */
function headersOf(more: Readonly<Record<string, string>>): Record<string, string> {
  const headers = { ...more, 'x-rampart-session': secret() ?? '' }
  if (touched) {
    touched = false
    return headers
  }
  return { ...headers, 'x-rampart-background': '1' }
}

let stepUp: (isRefused: boolean) => Promise<boolean> = () => Promise.resolve(false)

/** Called before something is kept for good, and once more where the server wants a code all the same. */
export function onStepUp(ask: typeof stepUp): void {
  stepUp = ask
}

/** Whether the server asks for a code of the terminal before it does this. */
function isKept(path: string, { method = 'GET', body = '' }: Init): boolean {
  if (method === 'GET') return false
  if (path === '/v1/rules/preview') return false
  return path.startsWith('/v1/rules') || /"scope":"always"|"persist":true/.test(body)
}

interface Init {
  readonly method?: string
  readonly body?: string
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal
}

/** Send it; where a code of the terminal is needed, after the person has entered one. */
export async function open(path: string, init: Init = {}): Promise<Response> {
  if (isKept(path, init) && !await stepUp(false)) throw withoutCode()
  try {
    return await send(path, init)
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'step_up_required') throw error
    if (!await stepUp(true)) throw withoutCode()
    return await send(path, init)
  }
}

function withoutCode(): Problem {
  return new Problem(0, 'step_up_required', 'Without the code of a terminal nothing is kept')
}

async function send(path: string, init: Init): Promise<Response> {
  const response = await fetch(path, {
    ...init,
    headers: headersOf(init.headers ?? {}),
    credentials: 'same-origin',
    cache: 'no-store',
    redirect: 'error',
  }).catch((error: unknown) => {
    if (init.signal?.aborted) throw error
    throw new Problem(0, 'unreachable', 'The server does not answer')
  })
  if (response.ok) return response
  if (response.status === 401) forgetSession()
  const said = await response.json().catch(() => ({})) as { code?: string; detail?: string }
  throw new Problem(
    response.status,
    said.code ?? 'unknown',
    said.detail ?? `The server answered ${response.status}`,
  )
}

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  const response = await open(path + queryText(query), signal === undefined ? {} : { signal })
  return await response.json() as T
}

export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await open(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    ...(signal === undefined ? {} : { signal }),
  })
  return await response.json() as T
}

export type Query = Readonly<Record<string, string | number | undefined | null>>

function queryText(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]]
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

/** Milliseconds since the epoch, by the browser. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}
