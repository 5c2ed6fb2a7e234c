import { z } from 'zod'
import { parseJson } from '../engine/json.ts'
import type { Json } from '../engine/types.ts'
import { COMMAND_LIMIT } from '../intercept/params.ts'

/** The version of the gateway's protocol that is spoken. */
const PROTOCOL = 4
const NAME = z.string().min(1).max(256)

/** What the gateway says. Further keys are its own affair. */
export type GatewayFrame =
  | { readonly kind: 'challenge' }
  | { readonly kind: 'answer'; readonly id: string; readonly ok: boolean; readonly detail: string }
  | { readonly kind: 'requested'; readonly id: string; readonly call: RequestedCall | undefined }
  | { readonly kind: 'resolved'; readonly id: string; readonly decision: string }
  | { readonly kind: 'other' }

/** A command that an agent wants to run through the gateway. */
export interface RequestedCall {
  readonly command: string
  readonly agent: string
  readonly session: string
  readonly cwd: string | undefined
}

const Answer = z.object({
  type: z.enum(['res', 'err']),
  id: NAME,
  ok: z.boolean().optional(),
  error: z.unknown().optional(),
})
const Event = z.object({ type: z.literal('event'), event: NAME, payload: z.unknown() })
const Named = z.object({ id: NAME })
const Resolved = z.object({ id: NAME, decision: NAME })
const Requested = z.object({
  request: z.object({
    command: z.string().min(1).max(COMMAND_LIMIT),
    agentId: NAME.nullish(),
    sessionKey: NAME.nullish(),
    cwd: z.string().max(4096).nullish(),
  }),
})

/**
 * Read a frame. A question that names itself and says nothing that can be judged is `requested` without a
 * call, so that it can be refused; whatever else is not understood is `other`.
 *
 * @throws RampartError where it is no JSON that everybody reads alike.
 */
export function readFrame(text: string): GatewayFrame {
  const json = parseJson(text)
  const answer = Answer.safeParse(json)
  if (answer.success) {
    const { type, id, ok, error } = answer.data
    return { kind: 'answer', id, ok: type === 'res' && ok !== false, detail: detailOf(error) }
  }
  const event = Event.safeParse(json)
  if (!event.success) return { kind: 'other' }
  return readEvent(event.data.event, event.data.payload)
}

function readEvent(event: string, payload: unknown): GatewayFrame {
  if (event === 'connect.challenge') return { kind: 'challenge' }
  if (event === 'exec.approval.resolved') {
    const resolved = Resolved.safeParse(payload)
    return resolved.success ? { kind: 'resolved', ...resolved.data } : { kind: 'other' }
  }
  if (event !== 'exec.approval.requested') return { kind: 'other' }
  const named = Named.safeParse(payload)
  if (!named.success) return { kind: 'other' }
  const requested = Requested.safeParse(payload)
  return {
    kind: 'requested',
    id: named.data.id,
    call: requested.success ? callOf(requested.data.request) : undefined,
  }
}

function callOf({ command, agentId, sessionKey, cwd }: z.infer<typeof Requested>['request']) {
  const absolute = cwd?.startsWith('/') === true ? cwd : undefined
  return {
    command,
    agent: agentId ?? 'openclaw',
    session: sessionKey ?? 'openclaw',
    cwd: absolute,
  }
}

function detailOf(error: unknown): string {
  const message = z.object({ message: z.string() }).safeParse(error)
  if (message.success) return message.data.message.slice(0, 500)
  return typeof error === 'string' ? error.slice(0, 500) : 'no reason given'
}

/** A request to the gateway as it is sent. */
export function requestFrame(id: string, method: string, params: Json): string {
  return JSON.stringify({ type: 'req', id, method, params })
}

/**
 * What `connect` says of us: an operator that is shown questions about commands and answers them. Without the
 * cap no question comes at all, and with `operator.approvals` alone only those that no device of its own has
 * asked (openclaw 2026.9.6); an older gateway passes over both.
 */
export function connectParams(token: string, version: string, platform: string): Json {
  return {
    minProtocol: PROTOCOL,
    maxProtocol: PROTOCOL,
    client: {
      id: 'gateway-client',
      displayName: 'Rampart',
      version,
      platform,
      mode: 'backend',
    },
    auth: { token },
    role: 'operator',
    scopes: ['operator.admin', 'operator.approvals'],
    caps: ['exec-approvals'],
  }
}
