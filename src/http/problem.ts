import { type ProblemCode, PROBLEMS, RampartError } from '../errors.ts'
import type { Log } from '../ports.ts'

/** Faults named in one answer; a body of a million wrong keys is not answered with as many. */
const NAMED = 50

/**
 * Nothing that is answered here may be kept, or read as anything but what it says it is. Given along when
 * a response is made: one whose headers are set afterwards costs Node twice as much to send.
 */
export const SEALED = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/** An RFC 9457 document. A defect tells the caller nothing of the inside. */
export function problemResponse(error: unknown, log: Log | undefined): Response {
  const known = error instanceof RampartError ? error : undefined
  if (known === undefined) log?.error('Defect: an HTTP request failed', error)
  const code: ProblemCode = known?.code ?? 'internal'
  const { status, title } = PROBLEMS[code]
  const body = {
    type: `urn:rampart:problem:${code}`,
    title,
    status,
    ...(known === undefined ? {} : { detail: known.message.toWellFormed() }),
    code,
    errors: known?.errors.slice(0, NAMED) ?? [],
  }
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...known?.headers, 'content-type': 'application/problem+json', ...SEALED },
  })
}
