import { NETWORK_PROGRAMS } from './network-programs.ts'
import { type KnownProgram, rows } from './program-row.ts'
import { sedWrites } from './sed.ts'

const GREP = {
  e: '-',
  f: 'r',
  m: '-',
  A: '-',
  B: '-',
  C: '-',
  d: '-',
  regexp: '-',
  file: 'r',
  include: '-',
  exclude: '-',
  'exclude-dir': '-',
  'exclude-from': 'r',
  'max-count': '-',
  color: '-',
} as const

/** The small table; part 2 makes it a large one. */
export const PROGRAMS: ReadonlyMap<string, KnownProgram> = new Map([
  ...rows(
    'echo true false : pwd whoami id uname hostname sleep test [ [[ exit return break continue ' +
      'shift set declare local readonly typeset export unset printf seq basename dirname which type ' +
      'hash umask ulimit wait jobs getopts shopt let yes expr arch nproc uptime tty groups free df ps ' +
      'clear unalias times logname sync read mapfile readarray pushd popd dirs exec ' +
      'disown fg bg enable',
    { rest: '-' },
  ),
  ...rows('cd', { rest: '-' }),
  ...rows('date', {
    rest: '-',
    options: { d: '-', f: 'r', r: '-', s: '-', file: 'r', date: '-', set: '-', reference: '-' },
  }),
  ...rows('cat tac nl md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum', {
    rest: 'r',
  }),
  ...rows('wc', { rest: 'r', options: { 'files0-from': 'r' } }),
  ...rows('head tail', {
    rest: 'r',
    options: { n: '-', c: '-', lines: '-', bytes: '-', pid: '-' },
  }),
  ...rows('less more most bat batcat pg', { rest: 'r', opaque: true }),
  ...rows('od', { rest: 'r', options: { A: '-', j: '-', N: '-', S: '-', t: '-' } }),
  ...rows('xxd', { first: 'r', rest: 'w', options: { c: '-', g: '-', l: '-', o: '-', s: '-' } }),
  ...rows('hexdump hd', { rest: 'r', options: { e: '-', f: 'r', n: '-', s: '-' } }),
  ...rows('strings', { rest: 'r', options: { n: '-', t: '-', e: '-', T: '-', s: '-' } }),
  ...rows('base64 base32 basenc', { rest: 'r', options: { w: '-', wrap: '-' } }),
  // Names, sizes and kinds of files are not what stands in them.
  ...rows('stat readlink realpath ls dir vdir tree exa eza lsd lsattr getfacl namei', {
    rest: '-',
  }),
  ...rows('file', { rest: '-', options: { f: 'r', 'files-from': 'r', m: 'r', 'magic-file': 'r' } }),
  ...rows('du', { rest: '-', options: { 'files0-from': 'r', X: 'r', 'exclude-from': 'r' } }),
  ...rows('xargs gxargs', {
    rest: '-',
    options: {
      a: 'r',
      'arg-file': 'r',
      d: '-',
      E: '-',
      I: '-',
      i: '-',
      L: '-',
      n: '-',
      P: '-',
      s: '-',
    },
  }),
  // To use a key is not to read it.
  ...rows('ssh-add', { rest: '-', options: { t: '-', s: '-', e: '-' } }),
  ...rows('ssh-keygen', {
    rest: '-',
    options: { f: '-', t: '-', b: '-', C: '-', N: '-', P: '-', m: '-', O: '-', I: '-', s: 'r' },
  }),
  ...rows('sort', {
    rest: 'r',
    options: { o: 'w', k: '-', t: '-', S: '-', T: 'w', output: 'w', key: '-' },
  }),
  ...rows('uniq', { first: 'r', rest: 'w', options: { f: '-', s: '-', w: '-' } }),
  ...rows('cut paste join fold fmt expand unexpand column rev comm tsort pr nroff', {
    rest: 'r',
    options: { d: '-', f: '-', c: '-', b: '-', t: '-', j: '-', w: '-', s: '-', o: '-' },
  }),
  ...rows('diff cmp sdiff colordiff', {
    rest: 'r',
    options: { U: '-', C: '-', I: '-', x: '-', label: '-', exclude: '-' },
  }),
  ...rows('tr', { rest: '-' }),
  ...rows('grep egrep fgrep zgrep', {
    first: '-',
    rest: 'r',
    options: GREP,
    spared: ['-e', '-f', '--regexp', '--file'],
  }),
  ...rows('rg ag ack', {
    first: '-',
    rest: 'r',
    options: { ...GREP, g: '-', t: '-', T: '-', glob: '-', type: '-' },
    spared: ['-e', '-f', '--files', '--regexp'],
    opaque: true,
  }),
  ...rows('jq yq', {
    first: '-',
    rest: 'r',
    options: { f: 'r', L: 'r', arg: '-', argjson: '-', slurpfile: '-', rawfile: '-', indent: '-' },
    spared: ['-f', '--from-file'],
  }),
  ...rows('sed gsed', {
    first: '-',
    rest: 'r',
    options: { e: '-', f: 'r', l: '-', expression: '-', file: 'r' },
    spared: ['-e', '-f', '--expression', '--file'],
    inPlace: ['-i', '--in-place'],
    writes: sedWrites,
    opaque: true,
  }),
  ...rows('awk gawk mawk nawk', {
    first: '-',
    rest: 'r',
    options: { F: '-', v: '-', f: 'r', file: 'r' },
    spared: ['-f', '--file'],
    opaque: true,
  }),
  ...rows('sudo', {
    rest: '-',
    options: { e: 'b', edit: 'b', u: '-', g: '-', C: '-', h: '-', p: '-', D: '-', R: '-', T: '-' },
  }),
  ...rows('sudoedit', { rest: 'b', options: { u: '-', g: '-', C: '-', h: '-', T: '-' } }),
  ...rows('. source', { first: 'r', rest: '-', opaque: true }),
  ...rows('rm rmdir unlink shred wipe srm', {
    rest: 'd',
    options: { n: '-', s: '-', iterations: '-', size: '-' },
  }),
  ...rows('cp install gcp', {
    rest: 'r',
    last: 'w',
    options: { t: 'w', 'target-directory': 'w', S: '-', m: '-', o: '-', g: '-', mode: '-' },
    unread: ['--attributes-only'],
  }),
  ...rows('mv gmv', { rest: 'm', last: 'w', options: { t: 'w', 'target-directory': 'w', S: '-' } }),
  // A second name for a file reads it in all but name (F34).
  ...rows('ln link', {
    rest: 'r',
    last: 'w',
    options: { t: 'w', 'target-directory': 'w', S: '-' },
  }),
  ...rows('touch mkdir mkfifo mknod tee sponge truncate fallocate mktemp', {
    rest: 'w',
    options: { m: '-', s: '-', d: '-', t: '-', r: 'r', l: '-', p: '-', size: '-', date: '-' },
  }),
  // Where its own state lies is no secret; what it does with it, self-protection judges by the verb.
  ...rows('rampart rampart-shim', {
    rest: 'r',
    options: { format: '-', home: '-', socket: '-', bin: '-', 'timeout-ms': '-' },
    opaque: true,
  }),
  // A mode that takes away looks like an option: `chmod -x FILE`, `chattr -i FILE`.
  ...rows('chmod', {
    first: '-',
    rest: 'w',
    options: { reference: 'r' },
    spared: ['--reference', ...'x w r rw rx wx rwx X s t'.split(' ').map((mode) => `-${mode}`)],
  }),
  ...rows('chattr', {
    first: '-',
    rest: 'w',
    options: { p: '-', v: '-' },
    spared: [...'aAcCdDeFijmPsStTux'].map((mode) => `-${mode}`),
  }),
  ...rows('chown chgrp setfacl setfattr', {
    first: '-',
    rest: 'w',
    options: { reference: 'r', m: '-', x: '-', n: '-', v: '-' },
    spared: ['--reference', '-m', '-x', '-n'],
  }),
  ...rows('dd', { rest: '-', assigned: { if: 'r', of: 'w' } }),
  ...rows('tar bsdtar gtar', {
    rest: 'r',
    options: { f: 'b', file: 'b', C: 'w', directory: 'w', X: 'r', T: 'r', exclude: '-', I: '-' },
    bundled: true,
    opaque: true,
  }),
  ...rows('zip', { first: 'b', rest: 'r', options: { i: '-', x: '-', P: '-' } }),
  ...rows('unzip', { first: 'r', rest: '-', options: { d: 'w', x: '-', P: '-' } }),
  ...rows('gzip gunzip bzip2 bunzip2 xz unxz zstd lz4 compress', {
    rest: 'b',
    options: { S: '-', o: 'w', T: '-' },
  }),
  ...rows('zcat bzcat xzcat zless', { rest: 'r' }),
  ...rows('split csplit', { first: 'r', rest: 'w', options: { b: '-', l: '-', n: '-', a: '-' } }),
  ...NETWORK_PROGRAMS,
])
