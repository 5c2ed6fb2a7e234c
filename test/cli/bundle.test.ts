import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { hashBytes } from '../../src/runtime/hasher.ts'
import { withOrigin } from '../helpers/bundle-follow.ts'
import { FILES, policyText, signingKey, writeSources } from '../helpers/bundle.ts'
import { inTemp, rampart } from './run.ts'

const TESTS = {
  path: 'tests/more.yaml',
  text: 'tests:\n  - {name: others pass, tool: exec, input: ls, expect: allow}\n',
}

/** A place with sources, and a key. */
async function withSources(
  body: (place: {
    readonly dir: string
    readonly at: (name: string) => string
    readonly key: ReturnType<typeof signingKey>
    readonly build: (version: number, ...more: string[]) => Promise<string>
  }) => Promise<void>,
): Promise<void> {
  await inTemp(async (dir) => {
    const at = (name: string) => join(dir, name)
    const key = signingKey()
    writeFileSync(at('key.pem'), key.privatePem, { mode: 0o600 })
    writeFileSync(at('pub.pem'), key.publicPem)
    const build = async (version: number, ...more: string[]) => {
      const out = at(`v${version}.tar`)
      writeSources(at(`src${version}`), version, [...FILES, TESTS])
      const { code, err } = await rampart([
        'bundle',
        'build',
        at(`src${version}`),
        '-o',
        out,
        ...more,
      ])
      assert.equal(code, 0, err)
      return out
    }
    await body({ dir, at, key, build })
  })
}

test('bundle: built, signed, verified and published, and said in JSON', () =>
  withSources(async ({ at, key, build }) => {
    const file = await build(1)
    const unsigned = await rampart(['bundle', 'verify', file, '--keys', at('pub.pem')])
    assert.deepEqual([unsigned.code, unsigned.out], [1, `${file} is refused: it is not signed\n`])
    const signed = await rampart(['bundle', 'sign', file, '--key', at('key.pem'), '--json'])
    assert.equal(signed.code, 0, signed.err)
    const said = JSON.parse(signed.out)
    assert.deepEqual([said.key, said.version, said.tests], [key.name, 1, 2])
    const verified = await rampart(['bundle', 'verify', file, '--keys', at('pub.pem'), '--json'])
    assert.equal(verified.code, 0, verified.err)
    assert.equal(JSON.parse(verified.out).digest, said.digest)
    const there = at('bundle.tar')
    const published = await rampart(['bundle', 'publish', file, there, '--keys', at('pub.pem')])
    assert.deepEqual([published.code, published.err], [0, ''])
    assert.deepEqual(readFileSync(there), readFileSync(file))
  }))

test('bundle publish: what may not follow is not put there', () =>
  withSources(async ({ at, build }) => {
    const keys = ['--keys', at('pub.pem')]
    const [first, second] = [await build(1), await build(2, '--previous', at('v1.tar'))]
    for (const file of [first, second]) {
      assert.equal((await rampart(['bundle', 'sign', file, '--key', at('key.pem')])).code, 0)
    }
    const there = at('bundle.tar')
    assert.equal((await rampart(['bundle', 'publish', second, there, ...keys])).code, 0)
    const back = await rampart(['bundle', 'publish', first, there, ...keys])
    assert.equal(back.code, 3)
    assert.match(back.err, /version 1 is not higher than version 2, and it is no rollback/)
    assert.deepEqual(readFileSync(there), readFileSync(second))
  }))

/** What is wrong with sources, and what is said of it; nothing is written then. */
const WRONG: readonly (readonly [what: string, files: typeof FILES, more: string, says: RegExp])[] =
  [
    [
      'a failing test',
      [{ path: 'policies/a.yaml', text: policyText('a', 'x *', 'deny', 'allow') }],
      '',
      /test "a holds" expected allow, got deny/,
    ],
    [
      'a failing test file',
      [...FILES, { ...TESTS, text: TESTS.text.replace('allow', 'deny') }],
      '',
      /more\.yaml: test "others pass" expected deny, got allow/,
    ],
    [
      'no test at all',
      [{ path: 'policies/a.yaml', text: 'version: "1"\ndefault_action: allow\n' }],
      '',
      /no test/,
    ],
    [
      'an unknown key of a policy',
      [{ path: 'policies/a.yaml', text: `${FILES[0]!.text}surprise: 1\n` }],
      '',
      /policies\/a\.yaml:10:1: unknown key "surprise"/,
    ],
    [
      'an unknown key of bundle.yaml',
      FILES,
      'colour: red\n',
      /bundle\.yaml:4:1: unknown key "colour"/,
    ],
    [
      'a wrong value of bundle.yaml',
      FILES,
      'rollout:\n  percent: 101\n',
      /bundle\.yaml:5:12: .*whole number from 0 to 100/,
    ],
    [
      'a test of another policy',
      [...FILES, { ...TESTS, text: `policy: a.yaml\n${TESTS.text}` }],
      '',
      /leave "policy" out/,
    ],
    [
      'one name twice',
      [...FILES, { path: 'policies/b.yaml', text: FILES[0]!.text }],
      '',
      /base\.yaml:4:11: policy name "no-deploys" is taken already/,
    ],
    [
      'a file of another kind',
      [...FILES, { path: 'policies/notes.txt', text: '' }],
      '',
      /notes\.txt: a file of a bundle is called NAME\.yaml/,
    ],
    [
      'what it extends is not in it',
      [{
        path: 'policies/a.yaml',
        text: FILES[0]!.text.replace('default_action', 'extends: elsewhere\ndefault_action'),
      }],
      '',
      /a\.yaml:2:\d+: .*elsewhere/,
    ],
    [
      'a bomb of aliases',
      [{ path: 'policies/a.yaml', text: bomb() }],
      '',
      /aliases unfold to more than the file may hold|a\.yaml:\d+/,
    ],
    ['a release that is not out', FILES, 'min_rampart: 99.0.0\n', /needs rampart 99\.0\.0/],
  ]

function bomb(): string {
  const rows = Array.from(
    { length: 9 },
    (_, at) => `k${at + 1}: &k${at + 1} [${Array(9).fill(`*k${at}`).join(', ')}]`,
  )
  return ['version: "1"', 'default_action: allow', 'k0: &k0 [x]', ...rows, ''].join('\n')
}

for (const [what, files, more, says] of WRONG) {
  test(`bundle build refuses ${what}`, () =>
    inTemp(async (dir) => {
      writeSources(join(dir, 'src'), 1, files, more)
      const out = join(dir, 'out.tar')
      const { code, err } = await rampart(['bundle', 'build', join(dir, 'src'), '-o', out])
      assert.equal(code, 3, err)
      assert.match(err, says)
      assert.equal(existsSync(out), false)
    }))
}

test('bundle build: the same sources make the same bytes on every runtime', () =>
  withSources(async ({ build }) => {
    // The same files are built on Node, Bun and Deno, which all run this test.
    const bytes = readFileSync(await build(1))
    assert.equal(
      hashBytes(bytes),
      '7b45e2f1ea62f739bd440a9123ff2f8fdbae7baad05d1eab9a352e0d4656ae92',
    )
  }))

test('bundle sign: a key that others can read is no key of one person', () =>
  withSources(async ({ at, build }) => {
    const file = await build(1)
    chmodSync(at('key.pem'), 0o644)
    const { code, err } = await rampart(['bundle', 'sign', file, '--key', at('key.pem')])
    assert.equal(code, 3)
    assert.match(err, /can be read by others \(644\)/)
  }))

test('bundle publish over HTTP: of two who publish at once one is told, and a failure is a failure', () =>
  withSources(async ({ at, build }) => {
    for (const version of [1, 2]) {
      await rampart(['bundle', 'sign', await build(version), '--key', at('key.pem')])
    }
    let there: Buffer | undefined
    let tag = 0
    let between = () => {}
    await withOrigin((request, response) => {
      if (request.method === 'GET') {
        if (there === undefined) response.writeHead(404).end()
        else response.writeHead(200, { etag: `"${tag}"` }).end(there)
        return between()
      }
      const { 'if-match': match, 'if-none-match': none } = request.headers
      const isMet = there === undefined ? none === '*' : match === `"${tag}"`
      const chunks: Uint8Array[] = []
      request.on('data', (chunk: Uint8Array) => chunks.push(chunk))
      request.on('end', () => {
        if (isMet) [there, tag] = [Buffer.concat(chunks), tag + 1]
        response.writeHead(isMet ? 201 : 412).end()
      })
    }, async (url) => {
      const publish = (version: number) =>
        rampart([
          'bundle',
          'publish',
          at(`v${version}.tar`),
          `${url}/b.tar?sig=secret`,
          '--keys',
          at('pub.pem'),
        ])
      const first = await publish(1)
      assert.deepEqual([first.code, first.err], [0, ''])
      assert.match(first.out, /\/b\.tar: company version 1, the first there\n/)
      between = () => void tag++
      const late = await publish(2)
      assert.equal(late.code, 3)
      assert.match(late.err, /somebody published meanwhile/)
      assert.ok(!late.err.includes('secret'), late.err)
      between = () => {}
      assert.match((await publish(2)).out, /version 2, after version 1/)
      assert.deepEqual(there, readFileSync(at('v2.tar')))
      assert.match((await publish(1)).err, /not higher than version 2/)
    })
  }))
