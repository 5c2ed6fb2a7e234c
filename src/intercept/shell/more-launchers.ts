import { type Launcher, rows } from './launcher-row.ts'

/** Launchers of trades: package managers, sandboxes, sessions, fleets; and builtins that evaluate. */
export const MORE_LAUNCHERS: readonly (readonly [string, Launcher])[] = [
  // Bash evaluates subscripts in these operands, whatever the quotes around them (F21).
  ...rows('test [ [[ printf read let declare typeset local export readonly unset', {
    form: 'expanding',
    own: true,
  }),
  ...rows('mapfile readarray', { form: 'option', code: ['-C'], takes: 'cdnOsu', own: true }),

  // Run a program with something about it changed.
  ...rows(
    'unbuffer dbus-launch dbus-run-session catchsegv fakeroot fakechroot caffeinate winpty ssh-agent',
    {
      form: 'argv',
      takes: 'bfit',
    },
  ),
  ...rows('tini dumb-init', { form: 'argv', takes: 'per' }),
  ...rows('xvfb-run', { form: 'argv', takes: 'efnpsw' }),
  ...rows('daemonize', { form: 'argv', takes: 'acepluoE', own: true }),
  ...rows('wsl wsl.exe', { form: 'argv', takes: 'du', bare: true, own: true }),
  ...rows('gosu su-exec setuidgid', { form: 'argv', operands: 1, own: true }),
  ...rows('envdir', { form: 'argv', operands: 1 }),
  ...rows('chpst', { form: 'argv', takes: 'ubeoUmlndfcrt/', own: true }),
  ...rows('softlimit', { form: 'argv', takes: 'acdflmoprst' }),
  ...rows('cross-env cross-env-shell', { form: 'argv', assigns: true }),
  ...rows('dotenv', { form: 'argv', takes: 'efvc', assigns: true }),
  ...rows('dtach abduco', { form: 'argv', takes: 'eErn', operands: 1 }),
  ...rows('nq tsp', { form: 'argv', takes: 'Lw' }),
  ...rows('entr', { form: 'argv', code: ['-s'] }),
  ...rows('runuser', {
    form: 'argv',
    takes: 'ugGws',
    code: ['-c', '--command', '--session-command'],
    bare: true,
    own: true,
  }),
  ...rows('start-stop-daemon', {
    form: 'argv',
    takes: 'pncuNgkPTIRosrd',
    long: ['pidfile', 'name', 'chuid', 'group', 'signal', 'retry', 'chdir', 'user'],
    code: ['-x', '--exec', '-a', '--startas'],
    assigns: true,
    own: true,
  }),
  ...rows(
    'bwrap firejail proot prlimit cpulimit cgexec setpriv capsh perf valgrind proxychains ' +
      'proxychains4 torsocks tsocks numactl heaptrack rr uftrace bpftrace',
    { form: 'scan', own: true },
  ),
  ...rows('screen machinectl systemd-inhibit', { form: 'scan', own: true }),

  // A subcommand runs what stands behind it.
  ...rows('poetry pipenv pdm hatch rye uv volta doppler op infisical teller devbox toolbox', {
    form: 'verb',
    verbs: ['run'],
    takes: 'cp',
    long: [
      'project',
      'directory',
      'with',
      'python',
      'package',
      'extra',
      'group',
      'env-file',
      'config',
    ],
    own: true,
  }),
  ...rows('bundle yarn pnpm rbenv pyenv nodenv asdf mise x', {
    form: 'verb',
    verbs: ['exec', 'dlx', 'x'],
    own: true,
  }),
  ...rows('conda mamba micromamba', {
    form: 'verb',
    verbs: ['run'],
    takes: 'np',
    long: ['name', 'prefix', 'cwd'],
    own: true,
  }),
  ...rows('rustup', { form: 'verb', verbs: ['run'], operands: 1, own: true }),
  ...rows('direnv aws-vault chamber nvm multipass flatpak-spawn', {
    form: 'verb',
    verbs: ['exec'],
    operands: 1,
    own: true,
  }),
  ...rows('limactl', { form: 'verb', verbs: ['shell'], operands: 1, bare: true, own: true }),
  ...rows('adb', { form: 'verb', verbs: ['shell'], takes: 'sHPLt', bare: true, own: true }),
  ...rows('guix', { form: 'scan', own: true }),
  ...rows('distrobox', { form: 'verb', verbs: ['enter'], operands: 1, own: true }),
  ...rows('zellij', { form: 'verb', verbs: ['run'], own: true }),

  ...rows('rlwrap faketime dtach', { form: 'scan' }),
  ...rows('flatpak toolbox', { form: 'scan', own: true }),

  // An option holds code.
  ...rows('just', { form: 'option', code: ['-c', '--command'], own: true }),
  ...rows('npx npm bunx', { form: 'option', code: ['-c', '--call'], takes: 'p', own: true }),
  ...rows('nix-shell', { form: 'option', code: ['--run', '--command'], takes: 'pAI', own: true }),
  ...rows('nix', { form: 'option', code: ['-c', '--command'], own: true }),
  ...rows('nodemon', { form: 'option', code: ['-x', '--exec'], takes: 'ew', own: true }),
  ...rows('vagrant fly flyctl', {
    form: 'option',
    code: ['-c', '-C', '--command'],
    bare: true,
    own: true,
  }),
  ...rows('gcloud', { form: 'option', code: ['--command'], own: true }),
  ...rows('nano', { form: 'option', code: ['-s', '--speller'], own: true }),
  ...rows('wget', { form: 'option', code: ['--use-askpass'], own: true }),
  ...rows('hg', {
    form: 'option',
    code: ['--config'],
    strip: /^[\w.-]+=!?/,
    own: true,
  }),

  // Operands are code.
  ...rows('socat socat1', { form: 'socat', own: true }),
  ...rows('sg', { form: 'each', own: true }),
  ...rows('hyperfine concurrently npm-run-all', { form: 'each', takes: 'wrmMnskp', own: true }),
  ...rows('watchexec pdsh', { form: 'code', takes: 'wefiosdxulR', own: true }),
  ...rows('pssh parallel-ssh clush', { form: 'code', takes: 'hHlptoewg', own: true }),
  ...rows('salt salt-ssh', { form: 'each', takes: 'ELGNCIt', own: true }),
]
