import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodeFileOps } from '../../src/adapters/audit-ops.ts'
import { checkArchive, restoreState } from '../../src/adapters/state-archive-restore.ts'
import { isStatePath } from '../../src/adapters/state-archive-paths.ts'
import { decodeBlock, decodePax, encodeHeader } from '../../src/bundle/tar.ts'
import { RampartError } from '../../src/errors.ts'
import { inTemp } from '../cli/run.ts'
import { type Entry, tarOf } from '../helpers/tar.ts'

const POLICY = 'version: "1"\n'

function listed(path: string, data: string): { path: string; size: number; sha256: string } {
  const sha256 = createHash('sha256').update(data).digest('hex')
  return { path, size: Buffer.byteLength(data), sha256 }
}

function manifest(
  files: readonly { path: string; size: number; sha256: string }[],
  change: Record<string, unknown> = {},
): Entry {
  const data = { schema: 'rampart.backup.v1', created: 'x', version: '1', secrets: false, files }
  return { path: 'manifest.json', data: JSON.stringify({ ...data, ...change }) }
}

const good: Entry = { path: 'policies/a.yaml', data: POLICY }
const list = [listed('policies/a.yaml', POLICY)]

async function refusal(bytes: Uint8Array): Promise<string> {
  return await inTemp(async (dir) => {
    const archive = join(dir, 'a.tar')
    writeFileSync(archive, bytes)
    const home = join(dir, 'home')
    const error = await restoreState({
      home,
      archive,
      force: false,
      stamp: 'now',
      prepare: () => Promise.resolve(),
    }).then(() => undefined, (error: unknown) => error)
    if (error === undefined) return ''
    assert.ok(error instanceof RampartError, String(error))
    // Nothing is left of it, beside the home or in it.
    assert.deepEqual(readdirSync(dir), ['a.tar'])
    // A database is opened only where there is room to unpack it.
    if (!/database/.test(error.message)) {
      await assert.rejects(checkArchive(archive), { message: error.message })
    }
    return error.message
  })
}

test('a well-formed archive is restored', async () => {
  assert.equal(await refusal(tarOf([good, manifest(list)])), '')
})

const HOSTILE: readonly (readonly [what: string, bytes: Uint8Array, RegExp])[] = [
  ...[
    '../outside',
    'policies/../../outside',
    '/etc/passwd',
    'policies/sub/dir.yaml',
    'policies/..',
    'policies/.',
    'policies/',
    'policies\\..\\x',
    'policies/a:b',
    'policies/\u0007bell',
    'run/serve.json',
    'lib/librampart.so',
    'audit/.private/write.db',
    'audit/.private/sinks/../x.json',
    'keys',
    './policies/a.yaml',
    '.bashrc',
  ].map((path) =>
    [
      `the path ${JSON.stringify(path)}`,
      tarOf([{ path, data: POLICY }, manifest([listed(path, POLICY)])]),
      /is not a path of a state directory/,
    ] as const
  ),
  ...([
    ['1', /a hard link/],
    ['2', /a symbolic link/],
    ['3', /a device/],
    ['5', /a directory/],
    ['6', /a pipe/],
    ['7', /no regular file/],
    ['g', /a global pax header/],
    ['L', /a GNU extension/],
    ['S', /a sparse file/],
    ['\0', /no regular file/],
  ] as const).map(([type, why]) =>
    [
      `an entry of type ${JSON.stringify(type)}`,
      tarOf([{ path: 'policies/a.yaml', type, link: '/etc/passwd' }, manifest([])]),
      why,
    ] as const
  ),
  [
    'a regular file with the target of a link',
    tarOf([{ ...good, link: '/etc/passwd' }, manifest(list)]),
    /fields that rampart does not write/,
  ],
  ['the same path twice', tarOf([good, good, manifest(list)]), /is in it twice/],
  [
    'two paths that are one where letter case does not count',
    tarOf([good, { ...good, path: 'policies/A.yaml' }, manifest(list)]),
    /is in it twice/,
  ],
  [
    'two paths that are one where composed letters are',
    tarOf([
      { ...good, path: 'policies/\u00e9.yaml' },
      { ...good, path: 'policies/e\u0301.yaml' },
      manifest(list),
    ]),
    /is in it twice/,
  ],
  ['no manifest', tarOf([good]), /ends without manifest\.json/],
  ['a manifest that is no JSON', tarOf([good, { path: 'manifest.json', data: '{' }]), /manifest/],
  ['a manifest of another version', tarOf([manifest(list, { schema: 'x' })]), /this version knows/],
  ['a file that the manifest does not list', tarOf([good, manifest([])]), /lists other files/],
  ['a file that is only listed', tarOf([manifest(list)]), /lists other files/],
  [
    'another file than the listed one',
    tarOf([good, manifest([listed('policies/b.yaml', POLICY)])]),
    /"policies\/b\.yaml" is in its manifest alone/,
  ],
  [
    'other bytes than the listed ones',
    tarOf([{ ...good, data: POLICY.replace('1', '2') }, manifest(list)]),
    /is not what its manifest says/,
  ],
  [
    'a file behind the manifest',
    tarOf([manifest(list), good]),
    /cut off|lists other files/,
  ],
  [
    'a byte behind the end',
    Buffer.concat([tarOf([good, manifest(list)]), Buffer.from('x')]),
    /end/,
  ],
  ['no end', tarOf([good, manifest(list)], 1), /cut off/],
  ['a size beyond the file', tarOf([{ ...good, size: 1 << 30 }, manifest(list)]), /cut off/],
  ['a wrong checksum', tarOf([{ ...good, checksum: 7 }, manifest(list)]), /wrong checksum/],
  ['GNU tar', tarOf([{ ...good, magic: 'ustar  \0' }, manifest(list)]), /not an archive/],
  ['text', new TextEncoder().encode('hello'), /cut off/],
  ['nothing', new Uint8Array(0), /cut off/],
  [
    'a pax header that sets a size',
    tarOf([{ path: 'pax', type: 'x', data: '10 size=1\n' }, good, manifest(list)]),
    /something else than one path/,
  ],
  [
    'a pax header that leads outside',
    tarOf([{ path: 'pax', type: 'x', data: '15 path=../../x\n' }, good, manifest(list)]),
    /a pax header says something else|is not a path/,
  ],
  [
    'a pax header without a file',
    tarOf([{ path: 'pax', type: 'x', data: '10 path=a\n' }]),
    /has no file|something else/,
  ],
  [
    'a database that is none',
    tarOf([
      { path: 'rampart.db', data: 'not a database' },
      manifest([listed('rampart.db', 'not a database')]),
    ]),
    /rampart\.db/,
  ],
]

for (const [what, bytes, why] of HOSTILE) {
  test(`refused, and nothing is left: ${what}`, async () => {
    assert.match(await refusal(bytes), why)
  })
}

test('law: a header is read as it was written, whatever the name', () =>
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 180 }),
      fc.nat(0o77777777),
      (name, size) => {
        const path = `policies/${name}`
        fc.pre(isStatePath(path))
        const bytes = encodeHeader({ path, size, mode: 0o600, time: 5 })
        const first = decodeBlock(bytes.subarray(0, 512))
        const last = decodeBlock(bytes.subarray(-512))
        assert.ok(last.kind === 'file')
        assert.equal(last.header.size, size)
        assert.equal(
          first.kind === 'pax'
            ? decodePax(bytes.subarray(512, 512 + first.header.size))
            : last.header.path,
          path,
        )
      },
    ),
  ))

test('a process that dies at any step of a restore leaves the old directory or the new one', async () => {
  let steps = 0
  for (let nth = 0, alive = false; !alive; nth++) {
    await inTemp(async (dir) => {
      const archive = join(dir, 'a.tar')
      const home = join(dir, 'home')
      writeFileSync(archive, tarOf([good, manifest(list)]))
      await nodeFileOps.makeDirectory(home)
      writeFileSync(join(home, 'old'), '')
      let count = 0
      const step = <T>(work: () => Promise<T>): Promise<T> => {
        if (count++ === nth) return Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
        return work()
      }
      const ops = {
        ...nodeFileOps,
        makeDirectory: (path: string) => step(() => nodeFileOps.makeDirectory(path)),
        open: (path: string, how: 'create' | 'append' | 'read') =>
          step(() => nodeFileOps.open(path, how)),
        rename: (from: string, to: string) => step(() => nodeFileOps.rename(from, to)),
      }
      const options = { home, archive, force: true, stamp: 'now', ops }
      const prepare = () => Promise.resolve()
      const done = await restoreState({ ...options, prepare }).then(() => true, () => false)
      alive = count <= nth
      steps = nth
      assert.equal(existsSync(join(home, 'policies', 'a.yaml')), done)
      assert.equal(existsSync(join(home, 'old')), !done)
      assert.deepEqual(
        readdirSync(dir).sort(),
        done ? ['a.tar', 'home', 'home.before-now'] : ['a.tar', 'home'],
      )
    })
  }
  assert.ok(steps >= 3, `${steps} steps`)
})
