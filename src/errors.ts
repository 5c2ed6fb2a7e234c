/**
 * Every failure we report on purpose. One row gives the HTTP status, the CLI exit code and the `code`
 * of the problem document, so the three can never disagree.
 */
export const PROBLEMS = {
  request_invalid: { status: 400, exit: 3, title: 'The request cannot be read' },
  unauthenticated: { status: 401, exit: 3, title: 'A valid token is required' },
  forbidden: { status: 403, exit: 3, title: 'The credential lacks a scope' },
  step_up_required: { status: 403, exit: 3, title: 'The person must prove anew who they are' },
  not_found: { status: 404, exit: 3, title: 'No such thing' },
  method_not_allowed: { status: 405, exit: 3, title: 'The method is not allowed here' },
  timed_out: { status: 408, exit: 3, title: 'The request took too long to arrive' },
  already_executed: { status: 409, exit: 3, title: 'The call was executed already' },
  trail_forked: { status: 409, exit: 3, title: 'The trail is another than before' },
  rule_refused: { status: 409, exit: 3, title: 'The rule is refused' },
  approval_settled: { status: 410, exit: 3, title: 'The approval is already settled' },
  too_large: { status: 413, exit: 3, title: 'The request is too large' },
  media_type_unsupported: { status: 415, exit: 3, title: 'The content type is not supported' },
  host_not_ours: { status: 421, exit: 3, title: 'The Host is not served here' },
  policy_invalid: { status: 422, exit: 3, title: 'The policy is invalid' },
  rate_limited: { status: 429, exit: 3, title: 'Too many requests' },
  headers_too_large: { status: 431, exit: 3, title: 'The header fields are too large' },
  internal: { status: 500, exit: 3, title: 'Internal error' },
  audit_unavailable: { status: 503, exit: 3, title: 'The decision could not be recorded' },
  unavailable: { status: 503, exit: 3, title: 'The service cannot answer now' },
  state_unusable: { status: 503, exit: 3, title: 'The state directory cannot be used' },
  config_invalid: { status: 422, exit: 3, title: 'The configuration is invalid' },
  usage: { status: 400, exit: 3, title: 'The command line is wrong' },
} as const

export type ProblemCode = keyof typeof PROBLEMS

/** One place in the input that is wrong, as an RFC 6901 pointer. */
export interface PointerFault {
  readonly pointer: string
  readonly detail: string
}

/** A failure the caller is expected to handle. Anything else that is thrown is a bug. */
export class RampartError extends Error {
  override readonly name = 'RampartError'
  readonly code: ProblemCode
  readonly errors: readonly PointerFault[]
  /** Header fields the HTTP answer carries, e.g. `allow` or `retry-after`. */
  readonly headers: Readonly<Record<string, string>>

  constructor(
    code: ProblemCode,
    detail: string,
    options: {
      errors?: readonly PointerFault[]
      headers?: Readonly<Record<string, string>>
      cause?: unknown
    } = {},
  ) {
    super(detail, { cause: options.cause })
    this.code = code
    this.errors = options.errors ?? []
    this.headers = options.headers ?? {}
  }
}
