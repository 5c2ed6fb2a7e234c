import { PROBLEMS } from '../errors.ts'

/** The answer to a method that a Web `Request` cannot hold, so that no handler can be asked. */
export function refusedMethod(): Response {
  const { status, title } = PROBLEMS.method_not_allowed
  const problem = { type: 'about:blank', title, status, code: 'method_not_allowed', errors: [] }
  return new Response(JSON.stringify(problem), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      allow: 'GET, POST',
      'cache-control': 'no-store',
    },
  })
}
