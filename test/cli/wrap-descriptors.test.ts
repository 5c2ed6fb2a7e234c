import assert from 'node:assert/strict'
import { test } from 'node:test'
import { namedDescriptors } from '../../src/cli/wrap/descriptors.ts'

const TABLE = new Map([
  [0, '/dev/pts/1'],
  [3, 'anon_inode:[eventpoll]'],
  [4, 'pipe:[10]'],
  [5, 'pipe:[10]'],
  [6, 'pipe:[20]'],
  [7, '/etc/hostname'],
  [8, 'pipe:[30]'],
  [9, 'pipe:[30]'],
  [10, 'socket:[40]'],
  [63, 'pipe:[50]'],
])

const ROWS: readonly [
  name: string,
  args: readonly string[],
  env: Record<string, string>,
  fds: number[],
][] = [
  ['none is named', ['a', '7'], {}, []],
  ['files and pipes of others', ['/dev/fd/63', '/proc/self/fd/7'], {}, [7, 63]],
  ['in the line of a shell', ['-c', 'cat <&7; read x <&6; echo 5>&1 >&2'], {}, [6, 7]],
  [
    'what is ours: an event queue, both ends of a pipe, a socket',
    [
      '-c',
      'a <&3; b >&4 <&5; c <&10',
    ],
    {},
    [],
  ],
  ['what is not open', ['/dev/fd/12', '-c', 'exec 13>x; echo >&13'], {}, []],
  ['a make above', ['all'], { MAKEFLAGS: ' -j2 --jobserver-auth=8,9' }, [8, 9]],
  ['an old make above', ['all'], { MAKEFLAGS: '--jobserver-fds=8,9 -j' }, [8, 9]],
  ['a make whose pipe is not there', ['all'], { MAKEFLAGS: '--jobserver-auth=3,12' }, []],
]

for (const [name, args, env, fds] of ROWS) {
  test(`descriptors for a wrapped program: ${name}`, () =>
    assert.deepEqual(namedDescriptors(args, env, TABLE), fds))
}
