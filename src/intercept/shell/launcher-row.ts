/**
 * Programs that run another command, and how to find it among their arguments. A row is all there is
 * to know of one; `launch.ts` reads them.
 */
export interface Launcher {
  /**
   * - `argv`: what is left after options and operands is the command.
   * - `code`: what is left, joined, is read as a script.
   * - `shell`: a shell: `-c` code, a script file, or standard input.
   * - `find`: commands stand behind `-exec` and its like.
   * - `first`: the first operand is a script (`trap`), or each `name=script` (`alias`).
   * - `container`: a subcommand decides.
   * - `option`: only an option holds code, in `code`.
   * - `git`: settings and subcommands hold code.
   * - `stdin`: its standard input is a script, whatever its operands.
   * - `verb`: the command stands behind one of `verbs`, and `operands` behind that.
   * - `each`: every operand is a script.
   * - `scan`: somewhere among options nobody counts; whatever is known for a program begins it.
   * - `expanding`: a builtin that evaluates its operands: `test -v 'a[$(x)]'` runs `x` (F21).
   * - `socat`: some of its addresses are programs or lines.
   */
  readonly form:
    | 'argv'
    | 'code'
    | 'shell'
    | 'find'
    | 'first'
    | 'alias'
    | 'container'
    | 'option'
    | 'git'
    | 'stdin'
    | 'verb'
    | 'each'
    | 'scan'
    | 'expanding'
    | 'socat'
  /** Short options that take a value. */
  readonly takes?: string | undefined
  /** Long options that take a value in the next word. */
  readonly long?: readonly string[] | undefined
  /** Operands in front of the command. */
  readonly operands?: number | undefined
  /** `name=value` in front of the command sets variables. */
  readonly assigns?: true | undefined
  /** Options that name the directory the command runs in. */
  readonly chdir?: readonly string[] | undefined
  /** With one of these options, or a mere `-`, the command sees none of the variables around it. */
  readonly clears?: readonly string[] | undefined
  /** Without a command it is a shell, which reads one from standard input. */
  readonly bare?: true | undefined
  /** Adds arguments that only running can tell. */
  readonly appends?: true | undefined
  /**
   * Changes who runs the command or where, so it is a command of its own besides: a permission for
   * `ls` is none for `sudo ls` or `ssh host ls`.
   */
  readonly own?: true | undefined
  /** Options whose value is code, e.g. `-c`. */
  readonly code?: readonly string[] | undefined
  /** Subcommands that run what stands behind them. */
  readonly verbs?: readonly string[] | undefined
  /** What stands in front of the code in the value of `-o` and its like; there a value without it is none. */
  readonly strip?: RegExp | undefined
}

/** All that a row may say: rows of one shape are read fast. */
const SHAPE: { readonly [K in keyof Required<Launcher>]: undefined } = {
  form: undefined,
  takes: undefined,
  long: undefined,
  operands: undefined,
  assigns: undefined,
  clears: undefined,
  chdir: undefined,
  appends: undefined,
  bare: undefined,
  own: undefined,
  code: undefined,
  strip: undefined,
  verbs: undefined,
}

/** One row under several names. */
export const rows = (names: string, row: Launcher): (readonly [string, Launcher])[] => {
  const known = { ...SHAPE, ...row }
  return names.split(' ').map((name) => [name, known] as const)
}
