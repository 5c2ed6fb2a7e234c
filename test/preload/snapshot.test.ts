import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { snapshotFile } from '../../src/adapters/snapshot-file.ts'
import { HEAD, snapshotBytes, STATE_AT } from '../../src/adapters/snapshot-format.ts'
import { ACCESSES, type Reach, type ReachPattern } from '../../src/engine/reach.ts'
import { asks, readerOfC } from '../helpers/snapshot.ts'

const reader = readerOfC()
const { skip } = reader
const dir = mkdtempSync(join(tmpdir(), 'rampart-rules-'))
const path = join(dir, 'rules.snapshot')
const { read: READ, write: WRITE, fetch: FETCH } = ACCESSES

function reachOf(
  patterns: readonly (readonly [accesses: number, pattern: ReachPattern])[],
  everything = 0,
): Reach {
  const all = patterns.map(([accesses, pattern]) =>
    [JSON.stringify(pattern), { pattern, for: accesses }] as const
  )
  return { everything, patterns: new Map(all) }
}

const pattern = (
  kind: ReachPattern['kind'],
  pieces: readonly string[],
  begins = false,
  ends = false,
): ReachPattern => ({ kind, pieces, begins, ends })

const SSH = pattern('path', ['/.ssh/'])
const ETC = pattern('path', ['/etc/'], true)
const ENV = pattern('path', ['/.env'], false, true)
const SOME = reachOf([
  [READ | WRITE, SSH],
  [WRITE, ETC],
  [READ, ENV],
  [FETCH, pattern('host', ['.evil.com'], false, true)],
  [FETCH, pattern('url', ['http://', ':2375/'], true)],
])

const answers = async (file: string, lines: readonly string[][]) =>
  (await reader.ask([['open', file], ...lines])).slice(1)

/** Each question with the answer that is due. */
async function hold(table: readonly (readonly [string[], string])[], file = path): Promise<void> {
  const found = await answers(file, table.map(([fields]) => fields))
  assert.deepEqual(
    found.map((answer, i) => [table[i]![0].join(' '), answer]),
    table.map(([fields, answer]) => [fields.join(' '), answer]),
  )
}

const written = (reach = SOME, links: readonly (readonly [string, string])[] = []) => {
  const identities = [{ dev: 7n, ino: 2n ** 40n }]
  writeFileSync(path, snapshotBytes({ reach, mode: 'enforce', links, identities }), { mode: 0o600 })
}

test(
  'F26 the reader asks about what a pattern meets and about nothing else',
  { skip },
  async () => {
    written()
    await hold([
      [['state'], '1 2'],
      [['path', '1', '/home/u/.ssh/id_rsa'], '1'],
      [['path', '2', '/home/u/.ssh/id_rsa'], '1'],
      [['path', '4', '/home/u/.ssh/id_rsa'], '0'],
      [['path', '1', '/home/u/.sshx'], '0'],
      [['path', '2', '/etc/passwd'], '1'],
      [['path', '1', '/etc/passwd'], '0'],
      [['path', '2', '/w/etc/passwd'], '0'],
      [['path', '1', '/w/.env'], '1'],
      [['path', '1', '/w/.env.example'], '0'],
      [['path', '1', '/'], '0'],
      [['host', 'a.evil.com', '443'], '1'],
      [['host', 'A.Evil.COM.', '443'], '1'],
      [['host', 'evil.community', '443'], '0'],
      [['host', '10.0.0.8', '2375'], '1'],
      [['host', '10.0.0.8', '2376'], '0'],
      [['id', '7', String(2 ** 40)], '1'],
      [['id', '7', '5'], '0'],
    ])
  },
)

test('F4 a path is asked about under each of its names', { skip }, async () => {
  written(SOME, [['/bin', '/usr/bin'], ['/var/run', '/run']])
  await hold([
    // As it is written, without what the kernel ignores, and with the dots that it follows.
    [['path', '1', '//home//u/./.ssh//id'], '1'],
    [['path', '1', '/tmp/../home/.ssh/x'], '1'],
    [['path', '1', '/home/.ssh/../x'], '1'],
    [['path', '2', '/etc/../tmp/x'], '1'],
    [['path', '1', '/home/x/../y'], '0'],
    [['path', '1', '/w/.env/'], '1'],
    // A link on the way: rules see every name, so the server does.
    [['file', '1', '/w/a', '/w/a'], '0'],
    [['file', '1', '/w/a', '/w/b'], '1'],
    [['file', '1', '/w/a', ''], '1'],
    [['file', '1', '/w/a', '/home/u/.ssh/id'], '1'],
    // The links of the system itself.
    [['file', '1', '/bin/ls', '/usr/bin/ls'], '0'],
    [['file', '1', '/bin', '/usr/bin'], '0'],
    [['file', '1', '/bin/ls', '/w/ls'], '1'],
    [['file', '1', '/binx/ls', '/usr/binx/ls'], '1'],
    [['file', '1', '/bin/../w/a', '/w/a'], '0'],
    [['file', '1', '/var/run/.ssh/a', '/run/.ssh/a'], '1'],
  ])
})

test('what the reader does not understand is asked', { skip }, async () => {
  written()
  await hold([
    [['path', '1', 'relative'], '1'],
    [['path', '1', ''], '1'],
    [['path', '1', '/caf\u00e9'], '1'],
    [['path', '1', '/a\\b'], '1'],
    [['path', '1', '/a\x01'], '1'],
    [['path', '1', '/proc/self/cwd/x'], '1'],
    [['path', '1', '/tmp/../proc/1/root/x'], '1'],
    [['path', '1', `/${'a'.repeat(5000)}`], '1'],
    [['host', 'xn--bcher-kva.example', '80'], '1'],
    [['host', '2852039166', '80'], '1'],
    [['host', '0x7f.1', '80'], '1'],
    [['host', '127.1', '80'], '1'],
    [['host', '010.0.0.1', '80'], '1'],
    [['host', '::1', '80'], '1'],
    [['host', 'a..b', '80'], '1'],
    [['host', '', '80'], '1'],
    [['host', 'a b', '80'], '1'],
    [['host', 'a.b', '70000'], '1'],
    [['host', 'a'.repeat(254), '80'], '1'],
  ])
})

test('a connection is spelled as the URL that the server is asked with', { skip }, async () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['Example.com.', '443', 'https://example.com/'],
    ['example.com', '80', 'http://example.com/'],
    ['10.0.0.8', '2375', 'http://10.0.0.8:2375/'],
    ['fe80::1', '0', 'http://[fe80::1]:0/'],
  ]
  await hold(
    table.map(([host, port, url]) => [['url', host, port], `${url.length} ${url}`] as const),
  )
  for (const [, , url] of table) assert.equal(new URL(url).href, url)
})

test('C and its description agree on random patterns and texts', { skip }, async () => {
  const piece = fc.constantFrom('/a', 'b', '/', 'ab/', '.x', 'a')
  const random = fc.record({
    kind: fc.constant('path' as const),
    pieces: fc.array(piece, { minLength: 1, maxLength: 4 }),
    begins: fc.boolean(),
    ends: fc.boolean(),
  })
  const text = fc.array(fc.constantFrom('a', 'b', '.x', 'ab'), { minLength: 1, maxLength: 5 })
    .map((parts) => `/${parts.join('/')}`)
  const cases = fc.sample(
    fc.tuple(fc.array(random, { maxLength: 4 }), fc.array(text, { minLength: 20 })),
    60,
  )
  const lines: string[][] = []
  const expected: string[] = []
  for (const [index, [patterns, texts]] of cases.entries()) {
    const reach = reachOf(patterns.map((one) => [READ, one] as const))
    const file = join(dir, `random-${index}`)
    writeFileSync(file, snapshotBytes({ reach, mode: 'enforce', links: [], identities: [] }), {
      mode: 0o600,
    })
    lines.push(['open', file], ...texts.map((one) => ['path', '1', one]))
    expected.push('0', ...texts.map((one) => asks(reach, 'read', 'path', one) ? '1' : '0'))
  }
  assert.deepEqual(await reader.ask(lines), expected)
  assert.ok(expected.filter((answer) => answer === '1').length > 100)
})

test('F26 a snapshot that is stale, of another owner or not one is asked about everything', {
  skip,
}, async () => {
  written()
  const bytes = readFileSync(path)
  const make = (name: string, content: Uint8Array, mode = 0o600) => {
    writeFileSync(join(dir, name), content)
    chmodSync(join(dir, name), mode)
    return join(dir, name)
  }
  const changed = (at: number, value: number) => {
    const copy = Buffer.from(bytes)
    copy.writeUInt8(value, at)
    return copy
  }
  symlinkSync(path, join(dir, 'link'))
  mkdirSync(join(dir, 'directory'))
  const unusable = [
    join(dir, 'absent'),
    join(dir, 'link'),
    join(dir, 'directory'),
    '/dev/null',
    make('empty', Buffer.alloc(0)),
    make('short', bytes.subarray(0, HEAD - 1)),
    make('cut', bytes.subarray(0, bytes.length - 1)),
    make('longer', Buffer.concat([bytes, Buffer.alloc(1)])),
    make('magic', changed(0, 0)),
    make('version', changed(7, 2)),
    make('group', bytes, 0o620),
    make('others', bytes, 0o602),
  ]
  for (const file of unusable) {
    const [opened, state, asked] = await reader.ask([['open', file], ['state'], [
      'path',
      '1',
      '/w/a',
    ]])
    assert.deepEqual([opened, state, asked], ['-1', '0 2', '1'], file)
  }
  const stale = make('stale', changed(STATE_AT, 0))
  assert.deepEqual(await answers(stale, [['state'], ['path', '1', '/w/a'], ['id', '7', '5']]), [
    '0 2',
    '1',
    '1',
  ])
})

test('a hostile snapshot costs a wrong answer at most, never a crash', { skip }, async () => {
  written(SOME, [['/bin', '/usr/bin']])
  const bytes = readFileSync(path)
  const questions = [
    ['path', '1', '/w/a'],
    ['file', '1', '/bin/x', '/usr/bin/x'],
    [
      'host',
      'a.b',
      '80',
    ],
    ['id', '1', '1'],
    ['file', '4', '/x', '/y'],
  ]
  const lines: string[][] = []
  const flips = fc.sample(
    fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
    400,
  )
  for (const [index, flip] of flips.entries()) {
    const copy = Buffer.from(bytes)
    // What opening checks stays as it was, so that the rest is looked at.
    for (const [at, value] of flip) if (at >= 16) copy[at] = value
    const file = join(dir, `flipped-${index}`)
    writeFileSync(file, copy, { mode: 0o600 })
    lines.push(['open', file], ...questions)
  }
  assert.equal((await reader.ask(lines)).length, lines.length)
  const huge = Buffer.from(bytes)
  huge.fill(0xff, 24, HEAD)
  const file = join(dir, 'counts')
  writeFileSync(file, huge, { mode: 0o600 })
  assert.deepEqual(await answers(file, questions), ['1', '1', '1', '1', '1'])
})

test('F26 the old snapshot is stale before the new one has its place', { skip }, async () => {
  const file = snapshotFile(path, [])
  file.write(reachOf([]), 'enforce')
  const kept = join(dir, 'kept')
  renameSync(path, kept)
  file.write(SOME, 'monitor')
  renameSync(path, `${path}.away`)
  renameSync(kept, path)
  // A reader that has the first one mapped sees the word change.
  file.write(SOME, 'enforce')
  await hold([[['state'], '1 2'], [['path', '1', '/w/.env'], '1']])
  file.withdraw()
  await hold([[['state'], '0 2'], [['path', '1', '/w/a'], '1']])
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('a snapshot that would be too large asks about everything', () => {
  const long = Array.from(
    { length: 300 },
    (_, i) => [READ, pattern('path', [`/${'x'.repeat(20_000)}${i}`])] as const,
  )
  const bytes = snapshotBytes({ reach: reachOf(long), mode: 'enforce', links: [], identities: [] })
  assert.equal(bytes.length, HEAD)
  assert.equal(bytes.readUInt8(20), 15)
})
