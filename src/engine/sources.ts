import type { RegexCompiler } from './condition.ts'
import type { Parsed } from './fault.ts'
import type { OwnRule } from './own-rule.ts'
import type { PolicyFile } from './schema.ts'
import type { Layer } from './types.ts'

/** One policy file as it was read, with the layer its place gives it. */
export interface PolicyText {
  readonly file: string
  readonly layer: Layer | 'overlay'
  readonly text: string
}

export interface LoadOptions {
  /** Built-in profiles by name, for `extends`. */
  readonly builtins: Readonly<Record<string, string>>
  /** `sha256:…` of the given texts; handed in because the engine has no platform. */
  readonly hash: (texts: readonly string[]) => string
  /** The text of a file beside the extending one, by base name, or undefined. */
  readonly beside?: (file: string, name: string) => { file: string; text: string } | undefined
  /** Where texts that were read before are remembered (security.md F26). */
  readonly parses?: ParseStore | undefined
  /** Reads a text that is not remembered; absent where the reader is not loaded yet. */
  readonly parse?: ((source: PolicyText) => Parsed<ParsedFile>) | undefined
  /** Compiles regular expressions; without it their engine is loaded for the first output (`readyRegex`). */
  readonly regex?: RegexCompiler | undefined
}

/** Thrown when a text must be read and nobody is there who can. */
export class NoReader extends Error {}

/** What one file says, checked. */
export type ParsedFile =
  & {
    readonly [K in keyof Omit<PolicyFile, 'version'>]?: PolicyFile[K] | undefined
  }
  & {
    /** Of the overlay alone. */
    readonly rules?: readonly OwnRule[] | undefined
  }

/** What files say, by their layer and text: reading YAML is most of the time that loading takes. */
export interface ParseStore {
  get(source: PolicyText): ParsedFile | undefined
  set(source: PolicyText, file: ParsedFile): void
}
