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
  /** Short options that take a value. */
  readonly takes?: string | undefined
  /** Long options that take a value in the next word. */
  readonly long?: readonly string[] | undefined
  /** Operands in front of the command. */
  readonly operands?: number | undefined
  /** `name=value` in front of the command sets variables. */
  readonly assigns?: true | undefined
  /** Adds arguments that only running can tell. */
  readonly appends?: true | undefined
  /**
   * Changes who runs the command or where, so it is a command of its own besides: a permission for
   * `ls` is none for `sudo ls` or `ssh host ls`.
   */
  readonly own?: true | undefined
  /** Options whose value is code, e.g. `-c`. */
  readonly code?: readonly string[] | undefined
  /** What stands in front of the code in that value; a value without it is none. */
  readonly strip?: RegExp | undefined
}

/** All that a row may say: rows of one shape are read fast. */
const SHAPE: { readonly [K in keyof Required<Launcher>]: undefined } = {
  form: undefined,
  takes: undefined,
  long: undefined,
  operands: undefined,
  assigns: undefined,
  appends: undefined,
  own: undefined,
  code: undefined,
  strip: undefined,
}

const rows = (names: string, row: Launcher): (readonly [string, Launcher])[] => {
  const known = { ...SHAPE, ...row }
  return names.split(' ').map((name) => [name, known] as const)
}

export const LAUNCHERS: ReadonlyMap<string, Launcher> = new Map([
  ...rows('sudo', {
    form: 'argv',
    takes: 'aghpuCcDRrtTUe',
    long: ['user', 'group', 'host', 'prompt', 'chdir', 'chroot', 'role', 'type', 'close-from'],
    assigns: true,
    own: true,
  }),
  ...rows('doas', { form: 'argv', takes: 'auC', own: true }),
  ...rows('pkexec', { form: 'argv', long: ['user'], own: true }),
  ...rows('runuser su', {
    form: 'option',
    code: ['-c', '--command', '--session-command'],
    takes: 'cgGsw',
    own: true,
  }),
  ...rows('env', {
    form: 'argv',
    takes: 'uCa',
    long: ['unset', 'chdir', 'argv0'],
    assigns: true,
    code: ['-S', '--split-string'],
  }),
  ...rows('nice', { form: 'argv', takes: 'n', long: ['adjustment'] }),
  ...rows('ionice', { form: 'argv', takes: 'cnpPu', long: ['class', 'classdata'] }),
  ...rows('chrt', { form: 'argv', takes: 'TPD', operands: 1 }),
  ...rows('taskset', { form: 'argv', operands: 1 }),
  ...rows('numactl', { form: 'argv', takes: 'NCmip' }),
  ...rows('prlimit dbus-run-session cpulimit chpst softlimit', {
    form: 'argv',
    takes: 'Bpl',
  }),
  ...rows('setarch', { form: 'argv', operands: 1 }),
  ...rows('linux32 linux64 i386 x86_64', { form: 'argv' }),
  ...rows('zip', { form: 'option', code: ['-TT', '--unzip-command'], own: true }),
  ...rows('git', { form: 'git', own: true }),
  ...rows('at batch', { form: 'stdin', own: true }),
  ...rows('man', { form: 'option', code: ['-P', '--pager'], own: true }),
  ...rows('ld.so ld-linux.so.2 ld-linux-x86-64.so.2 ld-linux-aarch64.so.1 ld-musl-x86_64.so.1', {
    form: 'argv',
    long: ['library-path', 'preload', 'audit', 'argv0', 'inhibit-rpath'],
    own: true,
  }),
  ...rows('tar bsdtar gtar', {
    form: 'option',
    code: [
      '--checkpoint-action',
      '--info-script',
      '--new-volume-script',
      '--to-command',
      '--use-compress-program',
      '-F',
      '-I',
    ],
    strip: /^(?:exec=)?/,
    takes: 'fCXTb',
    own: true,
  }),
  ...rows('rsync', { form: 'option', code: ['-e', '--rsh', '--rsync-path'], own: true }),
  ...rows('scp sftp', {
    form: 'option',
    code: ['-o', '-S'],
    strip: /^\s*(?:ProxyCommand|KnownHostsCommand|LocalCommand)[\s=]+/i,
    takes: 'cFiJlPX',
    own: true,
  }),
  ...rows('sort gsort', {
    form: 'option',
    code: ['--compress-program'],
    takes: 'oktST',
    own: true,
  }),
  ...rows('split', { form: 'option', code: ['--filter'], takes: 'abCln', own: true }),
  ...rows('ansible', { form: 'option', code: ['-a', '--args'], takes: 'miuftle', own: true }),
  ...rows('nohup setsid command builtin exec coproc unbuffer dbus-launch catchsegv', {
    form: 'argv',
    takes: 'a',
  }),
  // The reserved word lets assignments follow.
  ...rows('time', { form: 'argv', takes: 'fo', long: ['format', 'output'], assigns: true }),
  ...rows('timeout gtimeout', {
    form: 'argv',
    takes: 'ks',
    long: ['kill-after', 'signal'],
    operands: 1,
  }),
  ...rows('stdbuf', { form: 'argv', takes: 'ioe', long: ['input', 'output', 'error'] }),
  ...rows('busybox toybox', { form: 'argv' }),
  ...rows('systemd-run', {
    form: 'argv',
    takes: 'pEHM',
    long: ['unit', 'property', 'uid', 'gid', 'slice', 'description', 'setenv', 'working-directory'],
    own: true,
  }),
  ...rows('firejail bwrap proxychains proxychains4 torsocks strace ltrace', {
    form: 'argv',
    takes: 'eopuEtM',
    own: true,
  }),
  ...rows('chroot', { form: 'argv', operands: 1, long: ['userspec', 'groups'], own: true }),
  ...rows('unshare nsenter setpriv', { form: 'argv', takes: 'tSGRw', own: true }),
  ...rows('flock', {
    form: 'argv',
    takes: 'wE',
    long: ['timeout', 'conflict-exit-code'],
    operands: 1,
    code: ['-c', '--command'],
  }),
  ...rows('script', { form: 'option', code: ['-c', '--command'], takes: 'cEBIOTmo', own: true }),
  ...rows('xargs gxargs', {
    form: 'argv',
    takes: 'adEIiLlnPs',
    long: [
      'arg-file',
      'delimiter',
      'eof',
      'replace',
      'max-lines',
      'max-args',
      'max-procs',
      'max-chars',
      'process-slot-var',
    ],
    appends: true,
  }),
  ...rows('parallel', {
    form: 'code',
    takes: 'jaIPSNdCL',
    long: ['jobs', 'arg-file', 'delay', 'timeout', 'joblog', 'results', 'colsep'],
    appends: true,
  }),
  ...rows('watch', { form: 'code', takes: 'nq', long: ['interval', 'equexit'] }),
  ...rows('eval', { form: 'code' }),
  ...rows('ssh', {
    form: 'code',
    code: ['-o'],
    strip: /^\s*(?:ProxyCommand|KnownHostsCommand|LocalCommand)[\s=]+/i,
    takes: 'BbcDEeFIiJLlmOpQRSWw',
    operands: 1,
    own: true,
  }),
  ...rows('sh bash dash zsh ksh mksh ash rbash fish yash csh tcsh', {
    form: 'shell',
    takes: 'oO',
    long: ['rcfile', 'init-file'],
  }),
  ...rows('source .', { form: 'shell' }),
  ...rows('find gfind', { form: 'find', own: true }),
  ...rows('fd fdfind', { form: 'find', own: true }),
  ...rows('trap', { form: 'first', own: true }),
  ...rows('alias', { form: 'alias', own: true }),
  ...rows('docker podman nerdctl kubectl docker-compose lxc oc', { form: 'container', own: true }),
])

/** Options of container programs that take a value: `-v a:b` before the image. */
export const CONTAINER = {
  /** Subcommands that run something, with the operands in front of the command. */
  runs: new Map([['exec', 1], ['run', 1], ['create', 1], ['debug', 1]]),
  /** Words between the program and its subcommand. */
  groups: new Set(['container', 'compose']),
  short: 'aceghlmpuvwfnHi',
  /** Of the letters above, those that stand alone for `exec` and `run`. */
  flags: 'itdP',
  long: [
    'env',
    'env-file',
    'user',
    'workdir',
    'volume',
    'mount',
    'name',
    'network',
    'net',
    'entrypoint',
    'publish',
    'label',
    'platform',
    'hostname',
    'memory',
    'cpus',
    'add-host',
    'cap-add',
    'cap-drop',
    'device',
    'dns',
    'gpus',
    'ipc',
    'link',
    'log-driver',
    'log-opt',
    'pid',
    'pull',
    'restart',
    'runtime',
    'security-opt',
    'shm-size',
    'tmpfs',
    'ulimit',
    'userns',
    'volumes-from',
    'context',
    'host',
    'config',
    'file',
    'project-name',
    'namespace',
    'container',
    'kubeconfig',
    'image',
    'cidfile',
    'expose',
  ],
} as const
