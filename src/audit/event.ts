import type { Json } from '../engine/types.ts'

export const AUDIT_SCHEMA = 'rampart.audit.v2'

/** Everything the trail records. */
export const EVENT_KINDS = [
  'decision',
  'response',
  'execution',
  'approval',
  'policy',
  'rule',
  'token',
  'auth_failure',
  'start',
  'stop',
  'mode',
  'fail_open',
  'recovery',
  'alert',
  'key',
] as const
export type EventKind = (typeof EVENT_KINDS)[number]

/** The way a call came in. */
export const VIAS = [
  'http',
  'socket',
  'hook',
  'mcp',
  'shim',
  'preload',
  'cli',
  'local',
  'dashboard',
  'openclaw',
] as const
export type Via = (typeof VIAS)[number]

export interface EventDecision {
  readonly action: string
  readonly policy?: string
  readonly rule?: string
  readonly message?: string
  readonly effects?: readonly Json[]
  readonly eval_us: number
  /** What the webhooks said that were asked: `action` is what came of it. */
  readonly webhooks?: readonly Json[]
}

/** What the caller of the trail knows; the trail adds `schema`, `seq`, `prev_hash` and `hash`. */
export interface EventDraft {
  readonly id: string
  /** RFC 3339, UTC, milliseconds. The trail moves it forward when the clock went back. */
  readonly time: string
  readonly kind: EventKind
  readonly agent: string
  readonly session: string
  readonly run_id?: string
  readonly tool_call_id?: string
  readonly tool: string
  /** The log redacts and bounds it (audit/prepare.ts), whoever made it. */
  readonly request: Json
  readonly decision: EventDecision
  readonly enforced: boolean
  readonly mode: 'enforce' | 'monitor' | 'disabled'
  readonly via: Via
  readonly principal: string
  readonly links?: readonly string[]
}

/** One line of the trail. */
export interface AuditEvent extends EventDraft {
  readonly schema: typeof AUDIT_SCHEMA
  readonly seq: number
  readonly prev_hash: string
  readonly hash: string
  /** What the clock said, where it had gone back and the trail moved `time` forward. */
  readonly clock_time?: string
}
