import { speechIn } from './speech.ts'
import { tokensIn } from './secret/tokens-in.ts'
import type { Span } from './policy-set.ts'

/** A kind of what may stand in an output; `find` takes time linear in the text, whatever the text is. */
interface ResponseKind {
  readonly what: string
  readonly find: (text: string) => readonly Span[]
}

/**
 * Letters that nobody sees and models read, in runs that no script, flag or emoji has: tags, variation
 * selectors, and what has no width.
 */
const HIDDEN_RUN =
  /[\u{e0001}-\u{e007f}]{8,}|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{8,}|[\u200b-\u200f\u2060-\u2064\ufeff]{12,}/gu

/** What `response_holds` knows. Schema, compiler and docs are read off this table. */
export const RESPONSE_KINDS = {
  secret: {
    what: 'a secret that is known by its looks: a private key, a token of a service',
    find: (text) => tokensIn(text).map(({ start, end }) => [start, end] as const),
  },
  hidden_text: {
    what: 'text in characters that nobody sees',
    find: (text) =>
      [...text.matchAll(HIDDEN_RUN)].map(({ 0: run, index }) => [index, index + run.length]),
  },
  instruction: {
    what: 'words that want to instruct the model',
    find: speechIn,
  },
} satisfies Readonly<Record<string, ResponseKind>>

export type ResponseKindName = keyof typeof RESPONSE_KINDS

export const RESPONSE_KIND_NAMES = Object.keys(RESPONSE_KINDS) as [
  ResponseKindName,
  ...ResponseKindName[],
]

/** Whether something of these kinds stands in the text. */
export function holdsAny(text: string, kinds: readonly ResponseKindName[]): boolean {
  return kinds.some((kind) => RESPONSE_KINDS[kind].find(text).length > 0)
}

/** Kinds by their names; undefined where one is not known here. */
export function kindsNamed(names: readonly unknown[]): readonly ResponseKindName[] | undefined {
  const isKnown = (name: unknown): name is ResponseKindName =>
    RESPONSE_KIND_NAMES.some((known) => known === name)
  return names.every(isKnown) ? names : undefined
}
