import { PROBLEMS } from '../errors.ts'

/** The answer to a method that a Web `Request` cannot hold, so that no handler can be asked. */
export function refusedMethod(): Response {
  return refusal('method_not_allowed', { allow: 'GET, POST' })
}

/** The answer to a request whose Host and target make no address, which a `Request` cannot hold either. */
export function refusedAddress(): Response {
  return refusal('host_not_ours', {})
}

function refusal(
  code: 'method_not_allowed' | 'host_not_ours',
  headers: Readonly<Record<string, string>>,
): Response {
  const { status, title } = PROBLEMS[code]
  const problem = { type: 'about:blank', title, status, code, errors: [] }
  return new Response(JSON.stringify(problem), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...headers,
      'cache-control': 'no-store',
    },
  })
}
