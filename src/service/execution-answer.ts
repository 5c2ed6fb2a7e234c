import type { Captured, Ran, RunState } from '../ports.ts'
import type { Answer } from './services.ts'

/** An output as it is answered: what was scanned, and nothing else. */
export interface ShownOutput {
  /** Null where nothing of it may be shown. */
  readonly text: string | null
  /** Of all that came. */
  readonly bytes: number
  readonly truncated: boolean
  readonly lossy: boolean
}

/** What came of an executed call, on the wire. */
export interface Execution {
  /** The event that says that it began. */
  readonly audit_id: string
  readonly state: RunState
  readonly message?: string
  readonly exit_code?: number
  readonly signal?: string
  readonly duration_ms: number
  readonly stdout?: ShownOutput
  readonly stderr?: ShownOutput
  readonly content?: ShownOutput
  readonly http?: {
    readonly status: number
    readonly content_type: string
    /** Where the answer came from in the end. */
    readonly url: string
    readonly redirects: number
  }
  /** A rule about outputs objects to something in it: that is hidden, or all of it. */
  readonly withheld: boolean
  /** Which one. */
  readonly policy?: string | null
  readonly rule?: string | null
}

/** The answer to a call that was executed, or was to be. */
export interface Executed {
  readonly answer: Answer
  readonly execution: Execution
}

/** What ran, and where the last request of a chain went. */
export interface RanChain extends Ran {
  readonly url?: string | undefined
  /** Events that decided the redirects. */
  readonly hops: readonly string[]
}

/** Every text of it that a caller would see. */
export function textsOf({ outputs, http, url }: RanChain): readonly string[] {
  const more = http === undefined ? [] : [http.contentType ?? '', url ?? '']
  return [...outputs.map(({ text }) => text), ...more]
}

/** Put the texts that may be shown in their places; undefined hides all of them. */
export function executionOf(
  ran: RanChain,
  shown: readonly string[] | undefined,
  about: Pick<Execution, 'audit_id' | 'duration_ms' | 'withheld' | 'policy' | 'rule'>,
): Execution {
  const { state, detail, exitCode, signal, outputs, http, hops } = ran
  const at = outputs.length
  return {
    ...about,
    state,
    ...(detail === undefined ? {} : { message: detail }),
    ...(exitCode === undefined ? {} : { exit_code: exitCode }),
    ...(signal === undefined ? {} : { signal }),
    ...Object.fromEntries(outputs.map((one, i) => [one.name, shownOutput(one, shown?.[i])])),
    ...(http === undefined ? {} : {
      http: {
        status: http.status,
        content_type: shown?.[at] ?? '',
        url: shown?.[at + 1] ?? '',
        redirects: hops.length,
      },
    }),
  }
}

function shownOutput(
  { bytes, truncated, lossy }: Captured,
  text: string | undefined,
): ShownOutput {
  return { text: text ?? null, bytes, truncated, lossy }
}
