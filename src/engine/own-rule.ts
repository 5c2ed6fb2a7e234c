/**
 * A rule of the person's own: what an answer "always" keeps, and what `rampart allow`, `block` and
 * `except` write. It holds the structure of the call it was made from, never a glob over its text.
 */

/** What a rule does. `except` takes a rule of a policy out of force, with a reason. */
export const OWN_ACTIONS = ['allow', 'block', 'except'] as const
export type OwnAction = (typeof OWN_ACTIONS)[number]

/**
 * How far beyond the call it was made from a rule reaches.
 *
 * - `exact`: the same words, the same file in any spelling, the same URL, the same parameters.
 * - `flags`: a command of the same program with the same flags, whatever its operands.
 * - `program`: every command of the program.
 * - `directory`: every file at or below it.
 * - `host`: every URL of the scheme, host and port.
 * - `tool`: every call of the tool.
 */
export const GENERALISATIONS = ['exact', 'flags', 'program', 'directory', 'host', 'tool'] as const
export type Generalisation = (typeof GENERALISATIONS)[number]

/** As it stands in `user.yaml`; which fields it has follows from `tool` and `generalisation`. */
export interface OwnRule {
  readonly id: string
  readonly action: OwnAction
  readonly tool?: string | undefined
  readonly generalisation?: Generalisation | undefined
  /** exec, exact: the words that would run. */
  readonly argv?: readonly string[] | undefined
  /** The words with assignments and redirections, where there are any. */
  readonly whole?: string | undefined
  /** The whole command line as it was given: for what runs code, and for what spans a line. */
  readonly line?: string | undefined
  readonly program?: string | undefined
  /** The words behind the program that say what it does: `delete` of `kubectl delete`. */
  readonly verbs?: readonly string[] | undefined
  readonly flags?: readonly string[] | undefined
  readonly path?: string | undefined
  /** Every name of the path when the rule was made, where it has several. */
  readonly names?: readonly string[] | undefined
  readonly directory?: string | undefined
  readonly url?: string | undefined
  readonly host?: string | undefined
  readonly method?: string | undefined
  /** Canonical JSON of the parameters. */
  readonly params?: string | undefined
  /** The call is made in this directory. */
  readonly cwd?: string | undefined
  /** The call is made at or below this directory. */
  readonly project?: string | undefined
  /** Files whose text would run, by path: `sha256:…`, or `none` where there was none to be read. */
  readonly scripts?: Readonly<Record<string, string>> | undefined
  /** The ask it answers, `policy/rule` or `default_action`; of `except` the rule out of force. */
  readonly answers?: string | undefined
  /** Of the rule in `answers` as it was then: another rule of the same name is not answered. */
  readonly answers_as?: string | undefined
  readonly once?: boolean | undefined
  readonly expires_at?: string | undefined
  readonly reason?: string | undefined
  /** The approval whose answer it keeps. */
  readonly approval?: string | undefined
  readonly created_at?: string | undefined
  readonly created_by?: string | undefined
}

/** The name under which a default's ask is answered. */
export const DEFAULT_ASK = 'default_action'

/** Whether a rule still counts at `now`. */
export function isInForce({ expires_at }: OwnRule, now: number): boolean {
  return expires_at === undefined || now < Date.parse(expires_at)
}

/**
 * A short name for what a rule of a policy says: not for secrecy, only to tell that somebody changed it.
 */
export function printOf(rule: { readonly action: unknown; readonly when?: unknown }): string {
  const text = JSON.stringify([rule.action, rule.when ?? {}])
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return [b, a].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}
