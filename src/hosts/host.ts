import type { Json } from '../engine/types.ts'

export const HOST_NAMES = [
  'claude-code',
  'codex',
  'cline',
  'cursor',
  'gemini',
  'copilot',
  'antigravity',
  'opencode',
  'openclaw',
  'generic',
] as const
export type HostName = (typeof HOST_NAMES)[number]

/** One thing that a call of a host would do, as `service/decide` takes it. */
export interface Target {
  readonly tool: string
  readonly params: Readonly<Record<string, Json>>
  readonly cwd?: string | undefined
  /** A tool that touches nothing outside the host. */
  readonly internal?: boolean | undefined
}

/** A call of a tool, before it runs or after it ran. */
export interface HostCall {
  readonly kind: 'call'
  readonly when: 'before' | 'after'
  /** The name of the event, as it has to stand in the answer. */
  readonly event: string
  /** As the host calls it. */
  readonly tool: string
  readonly input: Json
  readonly session: string
  readonly callId?: string | undefined
  /** Everything the call would do, at least one. */
  readonly targets: readonly Target[]
  /** What came of it, as the host has it: shown to the agent. Absent where the event brings none. */
  readonly output?: Json | undefined
  /** Whether this one can ask its user, where that is not the same for all of the host's. */
  readonly asks?: boolean | undefined
  /** The host answers its own questions now: a question is no protection. */
  readonly answersItself?: boolean | undefined
}

/** An event that decides nothing: the start of a session, say. */
export interface HostNotice {
  readonly kind: 'notice'
  readonly event: string
  /** It tells of a call that comes as an event of its own, too. */
  readonly ofCall?: true
}

/** What a host is told before a call runs. */
export type Before =
  | { readonly kind: 'defer' }
  | { readonly kind: 'allow' }
  | { readonly kind: 'ask'; readonly reason: string }
  | { readonly kind: 'deny'; readonly reason: string }

/** What a host is told after a call ran: `output` has the shape of what the host sent. */
export type After =
  | { readonly kind: 'pass' }
  | {
    readonly kind: 'hide'
    readonly output: Json
    /** Nothing of it may be shown. */
    readonly all: boolean
    readonly reason: string
    /** For an event in which nothing can be hidden any more. */
    readonly exposed: string
  }

/** An agent's hook protocol: everything of a host that is not the same for all. */
export interface Host {
  readonly name: HostName
  /** It puts a question to its user by itself. */
  readonly asks: boolean
  /** Whether an event looks like one of this host, where nobody said whose it is. */
  readonly looksLike: (event: Readonly<Record<string, Json>>) => boolean
  /** @throws RampartError `request_invalid` for what is no event of this host */
  readonly decode: (
    event: Readonly<Record<string, Json>>,
    place: { readonly home: string },
  ) => HostCall | HostNotice
  readonly before: (told: Before, call: HostCall) => Json
  readonly after: (told: After, call: HostCall) => Json
}
