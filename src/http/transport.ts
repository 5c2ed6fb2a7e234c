/**
 * How a request came in, handed over by `src/runtime` beside the request, never read from it: no Host,
 * header or missing address can claim a transport (security.md F8). Absent means that nothing is known,
 * so a bearer token is needed.
 */
export interface Transport {
  readonly transport: 'tcp' | 'socket'
  /** Whose socket it is: file permissions let nobody else connect. */
  readonly uid?: number | undefined
  /** Set by the app once a session of the dashboard has proved itself; no runtime says it. */
  readonly dashboard?: true | undefined
}
