import type { Json } from '../engine/types.ts'
import type { Governed } from './governed.ts'
import type { Id } from './message.ts'

/** Why a request does not go on. */
export interface Refusal {
  readonly message: string
  readonly policy: string | null
  readonly rule?: string | null
  readonly auditId?: string | undefined
}

/** The reason in an answer of the service. */
export function denialReason(
  told: {
    readonly message: string
    readonly policy: string | null
    readonly rule?: string | null
    readonly audit_id?: string
  },
): Refusal {
  return {
    message: told.message,
    policy: told.policy,
    rule: told.rule ?? null,
    auditId: told.audit_id,
  }
}

/** For a reason of our own. */
export function refused(message: string): Refusal {
  return { message, policy: null }
}

/** Outside of what JSON-RPC and MCP keep for themselves: denied by policy. */
export const DENIED = 403
/** MCP's own word for a person who does not want a model asked. */
const REJECTED = -1

/** How a refusal is told to whoever asked. */
export type Form = Governed['denial'] | 'rejected'

/** The answer that says no, in the form that was asked for. */
export function denial(id: Id, refusal: Refusal, form: Form): string {
  const text = `Denied by Rampart: ${refusal.message}${
    refusal.policy === null ? '' : ` (policy ${refusal.policy})`
  }`
  if (form === 'result') {
    return answer(id, { content: [{ type: 'text', text }], isError: true })
  }
  if (form === 'decline') return answer(id, { action: 'decline' })
  const data = {
    policy: refusal.policy,
    ...(refusal.rule ? { rule: refusal.rule } : {}),
    ...(refusal.auditId === undefined ? {} : { audit_id: refusal.auditId }),
  }
  return failure(id, form === 'rejected' ? REJECTED : DENIED, text, data)
}

export function answer(id: Id, result: Json): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result })
}

export function failure(id: Id | null, code: number, message: string, data?: Json): string {
  const error = data === undefined ? { code, message } : { code, message, data }
  return JSON.stringify({ jsonrpc: '2.0', id, error })
}

/** An error of the other side, as it is. */
export function rawFailure(id: Id, error: Json): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error })
}

export function request(id: Id, method: string, params: Json): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params })
}

export function notification(method: string, params?: Json): string {
  return JSON.stringify(
    params === undefined ? { jsonrpc: '2.0', method } : { jsonrpc: '2.0', method, params },
  )
}
