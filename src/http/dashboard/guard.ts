import type { Api, Caller } from '../../service/api.ts'
import type { Reply } from '../route.ts'
import type { Transport } from '../transport.ts'

/** The half of a session that only a page of our own origin holds, in its sessionStorage. */
const SECRET = 'x-rampart-session'
/** Sent with what a page asks for by itself, so that a browser left alone is logged out. */
const BACKGROUND = 'x-rampart-background'

const SECRET_TEXT = /^([0-9a-f]{16})\.([0-9a-f]{64})$/
const COOKIE_TEXT = /^[0-9a-f]{64}$/

/** Of one server and one tab: others on this host, and other tabs, have cookies of their own. */
export function cookieName({ port, protocol }: URL, session: string): string {
  return `rampart_session_${port || (protocol === 'https:' ? '443' : '80')}_${session}`
}

/**
 * The person, by a session of the dashboard; undefined when the request doesn't prove one. A browser sends
 * the cookie to every port of this host, so it authorises nothing without the secret, and neither does
 * anything that a page of another origin has sent (security.md F9).
 */
export function personOf(
  { headers, method }: Request,
  target: URL,
  env: Transport | undefined,
  api: Api,
): Caller | undefined {
  const [, id, secret] = SECRET_TEXT.exec(headers.get(SECRET) ?? '') ?? []
  if (id === undefined || secret === undefined) return undefined
  if (env?.transport === 'socket' || headers.has('authorization')) return undefined
  if (!isFromOurPage(headers, method, target)) return undefined
  const cookie = cookieOf(headers, cookieName(target, id))
  if (cookie === undefined || !COOKIE_TEXT.test(cookie)) return undefined
  const active = !headers.has(BACKGROUND)
  const person = api.sessions.caller({ id, cookie, secret, origin: target.origin, active })
  return person && api.stepUps.isFresh(id) ? { ...person, stepped: true } : person
}

/** Browsers say where a request comes from: with the port, and always where it changes something. */
function isFromOurPage(headers: Headers, method: string, { origin }: URL): boolean {
  const from = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') return false
  if (from === null) return method === 'GET' || method === 'HEAD'
  return from === origin
}

/** The one cookie of this name; where a page of another port has set a second, none. */
function cookieOf(headers: Headers, name: string): string | undefined {
  const found = (headers.get('cookie') ?? '').split(';').map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
  return found.length === 1 ? found[0]!.slice(name.length + 1) : undefined
}

/** A stream ends with the session it was asked for by. */
export function whileOpen(session: string, reply: Reply, { sessions }: Api): Reply {
  if (!(reply.body instanceof ReadableStream)) return reply
  const reader = (reply.body as ReadableStream<Uint8Array>).getReader()
  let forget = () => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      forget = sessions.onEnd(session, () => {
        reader.cancel().catch(() => {})
        try {
          controller.close()
        } catch {
          // It has ended by itself.
        }
      })
    },
    async pull(controller) {
      const { done, value } = await reader.read()
      if (!done) return controller.enqueue(value)
      forget()
      try {
        controller.close()
      } catch {
        // The session has ended meanwhile.
      }
    },
    cancel(reason) {
      forget()
      return reader.cancel(reason)
    },
  }, { highWaterMark: 0 })
  return { ...reply, body }
}
