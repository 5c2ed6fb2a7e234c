/** What runs an allowed call where a server executes. Part of `ports.ts`. */

/** What `serve --execute` may name: the tools that are executed, by their own names alone. */
export const EXECUTED = ['exec', 'read', 'write', 'fetch'] as const
export type ExecutedTool = (typeof EXECUTED)[number]

/** One thing to do, made of a call that was judged: nothing in it is read again. */
export type Task = ProcessTask | FileTask | FetchTask

export interface ProcessTask {
  readonly kind: 'exec'
  /** Run by bash without any start-up file; absent, `argv` is run by itself. */
  readonly line?: string | undefined
  readonly argv?: readonly string[] | undefined
  readonly cwd: string
}

export interface FileTask {
  readonly kind: 'read' | 'write'
  readonly path: string
  /** What to write. */
  readonly content?: string | undefined
}

/** One request of a chain: redirects are told, never followed. */
export interface FetchTask {
  readonly kind: 'fetch'
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

export interface TaskLimits {
  readonly timeoutMs: number
  /** Most of each output that is kept, in bytes. */
  readonly outputBytes: number
}

/** How it ended. `refused`: nothing was done. `stopped`: a redirect was not followed. */
export const RUN_STATES = [
  'exited',
  'signalled',
  'done',
  'redirected',
  'stopped',
  'timed_out',
  'cancelled',
  'too_much_output',
  'refused',
  'failed',
] as const
export type RunState = (typeof RUN_STATES)[number]

/** One output: the text of what was kept, and the size and digest of all of it that was seen. */
export interface Captured {
  readonly name: 'stdout' | 'stderr' | 'content'
  readonly text: string
  readonly bytes: number
  readonly sha256: string
  readonly truncated: boolean
  /** Bytes that are no UTF-8 stand as U+FFFD. */
  readonly lossy: boolean
}

export interface Ran {
  readonly state: RunState
  /** Why, in words for the caller. */
  readonly detail?: string | undefined
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  readonly outputs: readonly Captured[]
  readonly http?:
    | {
      readonly status: number
      readonly contentType: string | undefined
      /** Where a redirect leads, absolute. */
      readonly location?: string | undefined
    }
    | undefined
}

export interface Executor {
  /** What this server executes. */
  readonly tools: readonly ExecutedTool[]
  /**
   * Do it, and end whatever it started. Never rejects for what the call does. `id` marks its processes;
   * `signal` ends it; `seen` is told how many bytes came, by output.
   */
  run(task: Task, how: {
    readonly id: string
    readonly limits: TaskLimits
    readonly signal: AbortSignal
    readonly seen?: ((name: Captured['name'], bytes: number) => void) | undefined
  }): Promise<Ran>
}
