import type { Environment } from './config.ts'
import type { Output } from './output.ts'

/** One option of a command. Without `value` it is a switch. */
export interface Flag {
  readonly name: string
  /** One letter that says the same: `-o` for `--out`. */
  readonly short?: string
  readonly help: string
  /** What stands for its value in the help, e.g. `HOST:PORT`. */
  readonly value?: string
  /** The only values it takes; completion offers them. */
  readonly choices?: readonly string[]
  /** May be given again: its values, a line each. */
  readonly many?: true
  /** What it means without a value, and what its value looks like where the next word is one. */
  readonly alone?: { readonly means: string; readonly value: RegExp }
}

/** A row of the command table: parsing, help, completion and the README are read off it. */
export interface Command {
  /** The words that call it, e.g. `policy lint`. */
  readonly name: string
  readonly summary: string
  /** What stands for its operands in the help, e.g. `[FILE…|-]`; their least and greatest number. */
  readonly operands: { readonly text: string; readonly least: number; readonly most: number }
  readonly flags: readonly Flag[]
  readonly example: string
  /** Loaded only when it runs, so that `version` never pays for `serve`. */
  readonly load: () => Promise<{ readonly run: Run }>
}

/** A command line after it was checked against its row. */
export interface Invocation {
  readonly command: Command
  readonly operands: readonly string[]
  readonly flags: ReadonlyMap<string, string | true>
  readonly environment: Environment
  readonly out: Output
}

/** Resolves with the exit code. */
export type Run = (invocation: Invocation) => Promise<number>

/** The value of a flag that takes one. */
export function textFlag({ flags }: Invocation, name: string): string | undefined {
  const value = flags.get(name)
  return value === true ? undefined : value
}
