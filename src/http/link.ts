import type { Context, Hono } from 'hono'
import { PROBLEMS, RampartError } from '../errors.ts'
import type { Env } from './app.ts'
import { readBytes } from './body.ts'
import { LINK_STYLE, questionPage, sentencePage } from './link-page.ts'
import { SEALED } from './problem.ts'
import type { Site } from './route.ts'

const PATH = '/approve/:token'
/** The form, the answer, and a little more than that. */
const FORM_LIMIT = 512

/**
 * The pages of links that people are sent: documents for browsers that need no script and no login, no part
 * of the API. Opening one decides nothing; its form does, once.
 */
export function mountLinks(app: Hono<Env>, site: Site): void {
  app.get(PATH, async (c) => {
    if (!isWelcome(c)) throw foreign()
    const view = await site.api.viewLink(c.req.param('token') ?? '')
    if (view.kind === 'unknown') return await page(404, unknownPage())
    return await page(200, questionPage(view))
  })
  app.post(PATH, (c) => answer(c, site))
  app.all(PATH, () => {
    const allow = 'GET, HEAD, POST'
    throw new RampartError('method_not_allowed', `Allowed here: ${allow}`, { headers: { allow } })
  })
}

async function answer(c: Context<Env>, { api }: Site): Promise<Response> {
  if (!isOurForm(c)) throw foreign()
  const token = c.req.param('token') ?? ''
  const given = await formOf(c.req.raw)
  try {
    await api.answerLink(token, given)
  } catch (error) {
    if (!(error instanceof RampartError) || error.code === 'internal') throw error
    return await page(
      PROBLEMS[error.code].status,
      sentencePage('Nothing was decided', error.message),
    )
  }
  const view = await api.viewLink(token)
  return view.kind === 'unknown'
    ? await page(404, unknownPage())
    : await page(200, questionPage(view))
}

function unknownPage(): string {
  return sentencePage(
    'No such link',
    'It is not one of this server, or links are switched off here.',
  )
}

/** A page of its own, from wherever the link was opened; never a part of another page, never over the socket. */
function isWelcome({ req, env }: Context<Env>): boolean {
  const { headers } = req.raw
  const [mode, dest] = [headers.get('sec-fetch-mode'), headers.get('sec-fetch-dest')]
  return env.transport !== 'socket' && (mode === null || mode === 'navigate') &&
    (dest === null || dest === 'document')
}

/**
 * Our own page's form. A page that sends no referrer sends the origin `null`, so that is no objection;
 * that the form's token is one of ours is what tells in the end.
 */
function isOurForm(c: Context<Env>): boolean {
  const { headers } = c.req.raw
  const [from, site] = [headers.get('origin'), headers.get('sec-fetch-site')]
  const isOwn = from === null || from === 'null' || isHere(from, c)
  return isWelcome(c) && isOwn && (site === null || site === 'same-origin')
}

/** Behind a proxy with TLS we see the other scheme, but the same name. */
function isHere(origin: string, { env, req }: Context<Env>): boolean {
  if (!URL.canParse(origin)) return false
  const { host } = new URL(origin)
  return host === env.target.host || host === req.raw.headers.get('host')
}

async function formOf(request: Request): Promise<{ approved: boolean; form: string }> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
    throw new RampartError('media_type_unsupported', 'A form is expected')
  }
  const bytes = await readBytes(request, { most: FORM_LIMIT, plain: FORM_LIMIT })
  const fields = new URLSearchParams(new TextDecoder().decode(bytes))
  const names = [...fields.keys()]
  const [form, word] = [fields.get('form') ?? '', fields.get('answer')]
  const isGood = names.length === 2 && /^[0-9a-f]{32}$/.test(form) &&
    (word === 'approve' || word === 'deny')
  if (isGood) return { approved: word === 'approve', form }
  throw new RampartError('request_invalid', 'The form has "form" and "answer": approve or deny')
}

let policy: Promise<string> | undefined

/** Our own style and nothing else: no script, no image, no frame, no other place for the form. */
async function contentPolicy(): Promise<string> {
  const bytes = new TextEncoder().encode(LINK_STYLE)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [
    "default-src 'none'",
    `style-src 'sha256-${btoa(String.fromCharCode(...digest))}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

async function page(status: number, body: string): Promise<Response> {
  return new Response(body, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': await (policy ??= contentPolicy()),
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'x-robots-tag': 'noindex, nofollow',
      ...SEALED,
    },
  })
}

function foreign(): RampartError {
  return new RampartError('forbidden', 'This page is opened by itself, from no other page')
}
