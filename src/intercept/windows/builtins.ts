/** Commands of cmd.exe, and programs that Windows brings, as the program that does the same. */
export interface Builtin {
  readonly program: string
  /** Letters or words behind `/`, and the option that they are. */
  readonly switches?: Readonly<Record<string, string>>
  /** Operands are no files. */
  readonly plain?: true
  /** The first operand is none. */
  readonly first?: '-'
  /** Operands come in the other order. */
  readonly reversed?: true
}

const rows = (names: string, row: Builtin): (readonly [string, Builtin])[] =>
  names.split(' ').map((name) => [name, row] as const)

/** Only cmd.exe knows these. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map([
  ...rows('del erase', { program: 'rm', switches: { s: '-r', f: '-f', q: '-f' } }),
  ...rows('rd rmdir', { program: 'rm', switches: { s: '-r', q: '-f' } }),
  ...rows('type', { program: 'cat' }),
  ...rows('more', { program: 'more' }),
  ...rows('copy', { program: 'cp', switches: { y: '-f' } }),
  ...rows('move', { program: 'mv', switches: { y: '-f' } }),
  ...rows('ren rename', { program: 'mv' }),
  ...rows('md mkdir', { program: 'mkdir' }),
  ...rows('dir', { program: 'ls', switches: { s: '-R', a: '-a' } }),
  ...rows('find', { program: 'grep', switches: { i: '-i', v: '-v' }, first: '-' }),
  ...rows('echo', { program: 'echo', plain: true }),
  ...rows('timeout', { program: 'sleep', plain: true }),
  ...rows('mklink', { program: 'ln -s', switches: { h: '' }, reversed: true }),
  ...rows(
    'cls ver vol title color pause exit setlocal endlocal prompt path assoc ftype shift goto time date ' +
      'verify break popd',
    { program: '', plain: true },
  ),
])

/** Programs of Windows itself, whatever calls them. */
export const EXTERNALS: ReadonlyMap<string, Builtin> = new Map([
  ...rows('xcopy', { program: 'cp', switches: { s: '-r', e: '-r', y: '-f' } }),
  ...rows('findstr', { program: 'grep', switches: { s: '-r', i: '-i', v: '-v' }, first: '-' }),
  ...rows('where', { program: 'which', plain: true }),
  ...rows('taskkill', { program: 'kill', switches: { f: '-9' }, plain: true }),
  ...rows('tasklist', { program: 'ps', plain: true }),
])
