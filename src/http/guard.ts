import type { MiddlewareHandler } from 'hono'
import { type Guard, type GuardedCall, RampartDenied } from '../service/guard.ts'
import { SEALED } from './problem.ts'

/** Bodies that are judged as text. */
const TEXT = /^(?:text\/|application\/(?:[a-z0-9.+-]*\+)?(?:json|xml|x-ndjson|javascript))/i

/**
 * Middleware for a service of one's own: what follows runs where the policies allow the call that `callOf` makes of
 * the request. A denial is 403 with the decision; a text that goes out is judged first, and comes out with what a
 * rule objects to hidden. Bodies that are no text pass as they are.
 */
export function guardRequests(
  guard: Guard,
  callOf: (request: Request) => GuardedCall | Promise<GuardedCall>,
): MiddlewareHandler {
  return async (c, next) => {
    try {
      let response: Response | undefined
      const shown = await guard.run(await callOf(c.req.raw.clone()), async () => {
        await next()
        response = c.res
        return await textOf(response)
      })
      if (shown === undefined || response === undefined) return
      const { status, headers } = response
      const sent = new Headers(headers)
      sent.delete('content-length')
      c.res = undefined
      c.res = new Response(shown, { status, headers: sent })
    } catch (error) {
      if (!(error instanceof RampartDenied)) throw error
      c.res = undefined
      c.res = new Response(JSON.stringify(error.answer), {
        status: 403,
        headers: { 'content-type': 'application/json', ...SEALED },
      })
    }
  }
}

/** The body where it is a text; undefined leaves it as it is. */
async function textOf(response: Response): Promise<string | undefined> {
  const isText = TEXT.test(response.headers.get('content-type') ?? '')
  return isText && response.body !== null ? await response.text() : undefined
}
