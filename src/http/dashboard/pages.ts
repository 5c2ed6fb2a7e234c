import type { Context, Hono } from 'hono'
import { SCRIPT, STYLE } from '../../embedded/dashboard.ts'
import { RampartError } from '../../errors.ts'
import type { Env } from '../app.ts'
import { DOCS_STYLE } from '../docs/style.ts'
import { SEALED } from '../problem.ts'
import type { Site } from '../route.ts'
import { cookieName } from './guard.ts'
import { ICON, loginPage, refusedPage, shellPage } from './shell.ts'

/** Nothing but our own script and style, no text that becomes a document, no frame around us. */
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const HEADERS = {
  ...SEALED,
  'content-security-policy': CSP,
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'x-frame-options': 'DENY',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

const HTML = 'text/html; charset=utf-8'

const CSS = 'text/css; charset=utf-8'

/** What anybody may read: it holds nothing of this server. */
const FILES: readonly (readonly [path: string, type: string, body: (site: Site) => string])[] = [
  ['/dashboard', HTML, shellPage],
  ['/dashboard/app.js', 'text/javascript; charset=utf-8', () => SCRIPT],
  ['/dashboard/app.css', CSS, () => STYLE],
  ['/dashboard/icon.svg', 'image/svg+xml', () => ICON],
  ['/docs', HTML, ({ docs }) => docs()],
  ['/docs/docs.css', CSS, () => DOCS_STYLE],
]

const LOGIN = '/dashboard/login'

/** The dashboard's own paths, and the page of the API: documents for browsers, no part of the API. */
export function mountDashboard(app: Hono<Env>, site: Site): void {
  for (const [path, type, body] of FILES) {
    app.get(path, ({ req, env }) => {
      const isPage = type === HTML
      if (!isWelcome(req.raw.headers, isPage)) throw foreign()
      return answer(200, type, body(site), env.target)
    })
    app.all(path, () => {
      throw notAllowed('GET, HEAD')
    })
  }
  app.post(LOGIN, (c) => login(c, site))
  app.all(LOGIN, () => {
    throw notAllowed('POST')
  })
}

/** A page may be opened from anywhere, but as a page of its own; what it loads is loaded by it alone. */
function isWelcome(headers: Headers, isPage: boolean): boolean {
  const from = headers.get('sec-fetch-site')
  if (from === null || from === 'same-origin' || from === 'none') return true
  return isPage && isDocument(headers)
}

function isDocument(headers: Headers): boolean {
  const [mode, dest] = [headers.get('sec-fetch-mode'), headers.get('sec-fetch-dest')]
  return (mode === null || mode === 'navigate') && (dest === null || dest === 'document')
}

/** `code=` and 64 hex digits, and a little more than that is read. */
const FORM_LIMIT = 256
const ARRIVAL_MS = 10_000

/**
 * Exchange the code of the page that `rampart dashboard` wrote. A file's origin is `null`; nobody else's
 * page has business here. The secret goes into the page that answers, where only our own script reads it.
 */
async function login({ req, env }: Context<Env>, { api, log }: Site): Promise<Response> {
  const { headers } = req.raw
  const { target } = env
  const from = headers.get('origin')
  const fromFile = from === null || from === 'null' || from === target.origin
  if (env.transport === 'socket' || !fromFile || !isDocument(headers)) throw foreign()
  try {
    const opened = await api.sessions.open(await codeOf(req.raw), target.origin)
    const { id, cookie, secret, lifeMs } = opened
    const response = answer(200, HTML, loginPage(`${id}.${secret}`), target)
    const secure = target.protocol === 'https:' ? '; Secure' : ''
    response.headers.append(
      'set-cookie',
      `${cookieName(target, id)}=${cookie}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${
        Math.floor(lifeMs / 1000)
      }${secure}`,
    )
    return response
  } catch (error) {
    if (!(error instanceof RampartError) || error.code !== 'unauthenticated') throw error
    await api.authFailed('dashboard', 'wrong login code').catch((failure) =>
      log?.error('A failed login could not be recorded', failure)
    )
    return answer(403, HTML, refusedPage(), target)
  }
}

async function codeOf(request: Request): Promise<string> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
    throw new RampartError('media_type_unsupported', 'A form is expected')
  }
  const text = await shortText(request)
  return /^code=([0-9a-f]{64})$/.exec(text)?.[1] ?? ''
}

async function shortText(request: Request): Promise<string> {
  const reader = request.body?.getReader()
  const decoder = new TextDecoder()
  // A form that drips in is cut off, and then holds no code.
  const late = setTimeout(() => reader?.cancel().catch(() => {}), ARRIVAL_MS)
  let text = ''
  while (reader !== undefined) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
    if (text.length <= FORM_LIMIT) continue
    reader.cancel().catch(() => {})
    clearTimeout(late)
    throw new RampartError('too_large', `The form is larger than ${FORM_LIMIT} bytes`)
  }
  clearTimeout(late)
  return text
}

function answer(status: number, type: string, body: string, { protocol }: URL): Response {
  const secure = protocol === 'https:' ? { 'strict-transport-security': 'max-age=31536000' } : {}
  return new Response(body, { status, headers: { 'content-type': type, ...HEADERS, ...secure } })
}

function foreign(): RampartError {
  return new RampartError('forbidden', 'This page is opened by itself, from no other page')
}

function notAllowed(allow: string): RampartError {
  return new RampartError('method_not_allowed', `Allowed here: ${allow}`, { headers: { allow } })
}
