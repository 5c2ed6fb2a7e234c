import { type Context, Hono } from 'hono'
import { RampartError } from '../errors.ts'
import type { Log } from '../ports.ts'
import type { Api, Caller } from '../service/api.ts'
import type { Settings } from '../service/services.ts'
import { callerOf, checkScope } from './auth.ts'
import { BODY_LIMIT, isEmpty, readBody } from './body.ts'
import { check, paramsOf, queryOf } from './check.ts'
import { docsPage } from './docs/page.ts'
import { asSeen, checkHost, type IsOurs, ownHosts, targetOf } from './host.ts'
import { mountLinks } from './link.ts'
import { buildDocument } from './openapi.ts'
import { problemResponse, SEALED } from './problem.ts'
import { mountDashboard } from './dashboard/pages.ts'
import { personOf, whileOpen } from './dashboard/guard.ts'
import type { Asked, Reply, Route, Site } from './route.ts'
import { methodsByPath, ROUTES } from './table.ts'
import type { Transport } from './transport.ts'

export interface AppOptions {
  readonly settings: Pick<Settings, 'hosts' | 'version' | 'approvalTimeoutMs' | 'publicUrl'>
  /** The address the server is bound to. */
  readonly host: string
  /** Where defects go: their detail reaches no caller. */
  readonly log?: Log | undefined
}

export interface App {
  /** Answer a request. `env` is what the runtime knows of the connection; absent, nothing is known. */
  fetch(request: Request, env?: Transport): Promise<Response>
}

/** The address is read once. */
export type Env = { Bindings: Partial<Transport> & { readonly target: URL } }

/** The HTTP API over the use cases: decode, authorise, call, encode. */
export function createApp(api: Api, { settings, host, log }: AppOptions): App {
  let document: string | undefined
  let docs: string | undefined
  const site: Site = {
    api,
    mostWaitMs: settings.approvalTimeoutMs,
    log,
    document: () => document ??= JSON.stringify(buildDocument(settings.version)),
    docs: () => docs ??= docsPage(buildDocument(settings.version)),
  }
  const isOurs = ownHosts(host, settings.hosts)
  // Paths are matched as they came: only the parts that a route names are decoded, once.
  const app = new Hono<Env>({ getPath: (_request, given) => given!.env!.target.pathname })
  for (const [path, methods] of methodsByPath()) {
    for (const route of ROUTES) {
      if (route.path !== path) continue
      app.on(route.method, honoPath(path), (c) => answer(route, c, site))
    }
    app.all(honoPath(path), () => {
      throw notAllowed(methods)
    })
  }
  mountLinks(app, site)
  mountDashboard(app, site)
  app.notFound(() => problemResponse(new RampartError('not_found', 'There is no such path'), log))
  app.onError((error) => problemResponse(error, log))
  return {
    fetch: (request, env) =>
      guarded(app, request, env, { isOurs, publicUrl: settings.publicUrl }, log),
  }
}

/** What the server is called. */
interface Names {
  readonly isOurs: IsOurs
  readonly publicUrl: string | undefined
}

async function guarded(
  app: Hono<Env>,
  request: Request,
  env: Transport | undefined,
  { isOurs, publicUrl }: Names,
  log: Log | undefined,
): Promise<Response> {
  try {
    const target = targetOf(request)
    checkHost(request.headers.get('host'), target, env, isOurs)
    return await app.fetch(request, { ...env, target: asSeen(target, publicUrl) })
  } catch (error) {
    return problemResponse(error, log)
  }
}

async function answer(route: Route, c: Context<Env>, site: Site): Promise<Response> {
  const request = c.req.raw
  const url = c.env.target
  const wire = transportOf(c.env)
  const caller = await authorised(route, request, url, wire, site)
  const session = caller.dashboard
  const env = session === undefined ? wire : { transport: 'tcp', dashboard: true } as const
  const query = queryOf(url)
  const { signal, release } = whileAnswering(request)
  try {
    const asked: Asked<unknown, unknown> = {
      site,
      request,
      target: url,
      env,
      caller,
      params: paramsOf(route.path, url.pathname),
      query: route.query && check(route.query, query, 'query'),
      body: route.body && check(route.body, await bodyOf(route, request), 'body'),
      signal,
    }
    const reply = await route.handle(asked)
    return respond(session === undefined ? reply : whileOpen(session, reply, site.api))
  } finally {
    release()
  }
}

const NOBODY: Caller = { principal: 'nobody', scopes: [] }

async function authorised(
  { scopes }: Route,
  request: Request,
  target: URL,
  env: Transport | undefined,
  { api, log }: Site,
): Promise<Caller> {
  if (scopes === 'open' || scopes === 'node') return NOBODY
  const caller = personOf(request, target, env, api) ??
    await callerOf(request.headers.get('authorization'), env, api, log)
  checkScope(caller, scopes)
  return caller
}

/** An operation that takes nothing but `{}` may be called without a body. */
async function bodyOf(route: Route, request: Request): Promise<unknown> {
  const untyped = request.headers.get('content-type') === null
  if (untyped && route.body?.safeParse({}).success && await isEmpty(request)) return {}
  return await readBody(request, route.limits ?? { most: BODY_LIMIT, plain: BODY_LIMIT })
}

/**
 * The request's abort, as long as an answer is due: Deno fires it after successful answers too, and then
 * it must not cancel what a person has been asked.
 */
function whileAnswering(request: Request): { signal: AbortSignal; release: () => void } {
  const { signal } = request
  const gone = new AbortController()
  const abort = () => gone.abort(signal.reason)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return { signal: gone.signal, release: () => signal.removeEventListener('abort', abort) }
}

function transportOf({ transport, uid }: Partial<Transport>): Transport | undefined {
  return transport === undefined ? undefined : { transport, uid }
}

function respond({ status, body, headers }: Reply): Response {
  const isReady = typeof body === 'string' || body instanceof ReadableStream
  return new Response(isReady ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers, ...SEALED },
  })
}

function notAllowed(methods: readonly string[]): RampartError {
  const allow = methods.join(', ')
  return new RampartError('method_not_allowed', `Allowed here: ${allow}`, { headers: { allow } })
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}
