// What the server sends, as far as it is shown; openapi/openapi.json has all of it.

export type Json = string | number | boolean | null | readonly Json[] | {
  readonly [key: string]: Json
}

export interface Effect {
  readonly tool: string
  readonly path?: string
  readonly url?: string
  readonly by: string
  readonly action?: string
  readonly policy?: string | null
}

export interface Event {
  readonly id: string
  readonly seq: number
  readonly time: string
  readonly kind: string
  readonly agent: string
  readonly session: string
  readonly run_id?: string
  readonly tool_call_id?: string
  readonly tool: string
  readonly request: Json
  readonly decision: {
    readonly action: string
    readonly policy?: string
    readonly rule?: string
    readonly message?: string
    readonly effects?: readonly Effect[]
    readonly eval_us: number
  }
  readonly enforced: boolean
  readonly mode: string
  readonly via: string
  readonly principal: string
  readonly links?: readonly string[]
  readonly prev_hash: string
  readonly hash: string
}

export interface Part {
  readonly kind: string
  readonly text: string
  readonly of?: number | null
}

export interface Approval {
  readonly id: string
  readonly status: string
  readonly principal: string
  readonly agent: string
  readonly session: string
  readonly run_id: string | null
  readonly tool_call_id: string | null
  readonly tool: string
  readonly params: Readonly<Record<string, Json>>
  readonly cwd: string | null
  readonly policy: string | null
  readonly rule: string | null
  readonly message: string
  readonly audit_id: string | null
  readonly created_at: string
  readonly expires_at: string
  readonly resolved_by: string | null
  readonly resolved_name: string | null
  // Of servers that send them.
  readonly code?: string
  readonly effects?: readonly Effect[]
  readonly effects_complete?: boolean
  readonly parts?: readonly Part[]
  readonly candidates_omitted?: boolean | number
  readonly approvers?: number
  readonly answers?: readonly {
    readonly principal: string
    readonly name?: string | null
    readonly channel: string
    readonly approved: boolean
    readonly at: string
  }[]
  readonly waiters?: number
  readonly reason?: string | null
}

export interface Choice {
  readonly generalisation: string
  readonly text: string
  readonly available: boolean
  readonly refused: string | null
  readonly matched?: {
    readonly of: number
    readonly count: number
    readonly examples: readonly {
      readonly audit_id: string
      readonly text: string
      readonly action: string
    }[]
  }
  readonly admits?: readonly { readonly id: string; readonly command: string }[]
}

interface Counted {
  readonly name: string
  readonly count: number
  readonly denied: number
  readonly asked?: number
}

export interface Stats {
  readonly events: number
  readonly decisions: {
    readonly total: number
    readonly enforced: number
    readonly by_action: readonly { readonly name: string; readonly count: number }[]
    readonly by_policy: readonly Counted[]
    readonly by_rule?: readonly { readonly name: string; readonly count: number }[]
    readonly by_agent: readonly Counted[]
    readonly by_tool: readonly Counted[]
  }
  readonly latency: { readonly p50_us: number | null; readonly p99_us: number | null }
}

export interface Sessions {
  readonly sessions: readonly {
    readonly agent: string
    readonly session: string
    readonly calls: number
    readonly denied: number
    readonly asked: number
    readonly last: string
  }[]
  readonly unlisted: number
}

export interface Policy {
  readonly name: string
  readonly layer: string
  readonly file: string
  readonly priority: number
  readonly enabled: boolean
  readonly description: string
  readonly rules: readonly {
    readonly key: string
    readonly action: string
    readonly message: string
    readonly when: Json
  }[]
}

export interface Finding {
  readonly file: string
  readonly line: number
  readonly col: number
  readonly severity: string
  readonly code: string
  readonly message: string
}

export interface Fault {
  readonly file: string
  readonly line: number
  readonly col: number
  readonly message: string
}

export interface Status {
  readonly status: string
  readonly version: string
  readonly mode: string
  readonly uptime_seconds: number
  readonly level: string
  readonly failure: string
  readonly off_until: string | null
  readonly pending_approvals: number
  readonly audit: { readonly seq: number; readonly hash: string }
  readonly policy: {
    readonly hash: string
    readonly loaded_at: string
    readonly files: readonly string[]
    readonly policies: number
    readonly faults: readonly Fault[]
  }
}

export interface Explanation {
  readonly answer: {
    readonly allowed: boolean
    readonly decision: string
    readonly message: string
    readonly policy: string | null
    readonly rule: string | null
    readonly effects: readonly Effect[]
    readonly effects_complete: boolean
    readonly eval_duration_us: number
    readonly trace?: readonly {
      readonly subject: number
      readonly policy: string
      readonly rule: string
      readonly action: string
      readonly held: boolean
      readonly reasons: readonly string[]
    }[]
    readonly suggestions?: readonly string[]
  }
  readonly subjects: readonly {
    readonly kind: string
    readonly label: string
    readonly of?: number
    readonly parts?: readonly number[]
  }[]
}
