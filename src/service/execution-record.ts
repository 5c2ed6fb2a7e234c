import type { Json } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import type { TaskLimits } from '../ports.ts'
import type { RanChain } from './execution-answer.ts'
import { keptRequest } from './kept-request.ts'
import { record, recordLater } from './record.ts'
import type { DecideRequest, Outcome, Services } from './services.ts'
import { identityOf } from './tell.ts'

/** The two events of an execution: an intent without an outcome tells of a run that was cut off. */
export const BEGUN = 'execution_begun'
export const ENDED = 'execution_ended'

/** Nothing runs unless this is durable, whatever the posture is. */
export async function recordIntent(
  { request, outcome, limits }: {
    readonly request: DecideRequest
    readonly outcome: Outcome
    readonly limits: TaskLimits
  },
  id: string,
  services: Services,
): Promise<void> {
  const written = await record({
    id,
    kind: 'execution',
    tool: request.tool,
    request: { ...keptRequest(request) as object, timeout_ms: limits.timeoutMs } as Json,
    decision: { action: BEGUN, eval_us: 0 },
    enforced: true,
    links: [outcome.answer.audit_id],
    ...identityOf(request),
  }, services)
  if (written === 'missed') {
    throw new RampartError('audit_unavailable', 'Nothing is executed that is not on record')
  }
}

/** What came of it. It has been done, so a trail that fails keeps it for later. */
export async function recordOutcome(
  request: DecideRequest,
  { state, detail, exitCode, signal, outputs, http, hops }: RanChain,
  id: string,
  duration: number,
  services: Services,
): Promise<void> {
  await recordLater({
    kind: 'execution',
    tool: request.tool,
    request: {
      state,
      ...(detail === undefined ? {} : { detail }),
      ...(exitCode === undefined ? {} : { exit_code: exitCode }),
      ...(signal === undefined ? {} : { signal }),
      ...(http === undefined ? {} : { http_status: http.status }),
      duration_ms: duration,
      outputs: outputs.map(({ name, bytes, truncated, sha256 }) => ({
        name,
        bytes,
        truncated,
        sha256,
      })),
    },
    decision: { action: ENDED, eval_us: 0 },
    enforced: true,
    links: [id, ...hops],
    ...identityOf(request),
  }, services)
}
