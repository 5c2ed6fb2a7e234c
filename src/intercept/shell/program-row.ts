import type { Effect } from './effects.ts'
import type { Field } from './field.ts'
import type { OptionTable } from './options.ts'

/**
 * What a program's arguments read, write, delete or reach. Letters stand for roles:
 *
 * - `r` read, `w` write, `d` delete, `m` moved away (read and deleted), `b` read and written
 * - `u` URL, `h` host (`user@host:port`), `c` a local path or `host:path`
 * - `@` a file behind an `@`, `-` neither file nor host
 */
export type Role = 'r' | 'w' | 'd' | 'm' | 'b' | 'u' | 'h' | 'c' | '@' | '-'

export interface Program {
  /** Roles of the first operands. */
  readonly first?: string | undefined
  /** Role of all others. */
  readonly rest: Role
  /** Role of the last operand, where there are several. */
  readonly last?: Role | undefined
  /** Options that take a value: letter or long name, and the value's role. */
  readonly options?: Readonly<Record<string, Role>> | undefined
  /** With one of these options the first operands are files like the rest. */
  readonly spared?: readonly string[] | undefined
  /** With one of these options the rest is not read: names or rights are all that is asked of it. */
  readonly unread?: readonly string[] | undefined
  /** With one of these options the rest is written, too. */
  readonly inPlace?: readonly string[] | undefined
  /** The first word is a bundle of options even without a dash. */
  readonly bundled?: true | undefined
  /** May do more than its arguments say. */
  readonly opaque?: true | undefined
  /** With one of these options, or without any (`'-'`), each URL is saved under its last name. */
  readonly saves?:
    | { readonly with?: readonly string[]; readonly without?: readonly string[] }
    | undefined
  /** What a script among its words writes. */
  readonly writes?: ((fields: readonly Field[]) => readonly Effect[]) | undefined
  /** The scheme by which hosts are reached. */
  readonly scheme?: string | undefined
  /** `if=…`-like operands. */
  readonly assigned?: Readonly<Record<string, Role>> | undefined
}

/** A row with what is asked of it for every command. */
export interface KnownProgram extends Program {
  readonly table: OptionTable
}

/** All that a row may say: rows of one shape are read fast. */
const SHAPE: { readonly [K in keyof Required<Program>]: undefined } = {
  first: undefined,
  rest: undefined,
  last: undefined,
  options: undefined,
  spared: undefined,
  unread: undefined,
  inPlace: undefined,
  bundled: undefined,
  opaque: undefined,
  saves: undefined,
  scheme: undefined,
  writes: undefined,
  assigned: undefined,
}

function tableOf(row: Program): OptionTable {
  const options = Object.keys(row.options ?? {})
  return {
    takes: options.filter((name) => name.length === 1).join(''),
    long: options.filter((name) => name.length > 1),
  }
}

/** One row under several names. */
export const rows = (names: string, row: Program): (readonly [string, KnownProgram])[] => {
  let table: OptionTable | undefined
  const known = {
    ...SHAPE,
    ...row,
    // Of hundreds of programs a process that decides once reads two.
    get table() {
      return table ??= tableOf(row)
    },
  }
  return names.split(' ').map((name) => [name, known] as const)
}
