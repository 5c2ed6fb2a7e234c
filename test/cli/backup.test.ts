import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { openDatabase } from '../../src/adapters/database.ts'
import { lockServer } from '../../src/cli/server-file.ts'
import { startScript } from '../helpers/spawn.ts'
import { inTemp, rampart } from './run.ts'

interface Places {
  readonly dir: string
  readonly home: string
  readonly tar: string
}

/** A state directory with a policy, a config file, a token and a trail. */
function withState(body: (places: Places) => Promise<void>): Promise<void> {
  return inTemp(async (dir) => {
    const home = join(dir, 'home')
    assert.equal((await rampart(['init'], { home })).code, 0)
    writeFileSync(join(home, 'config.yaml'), 'mode: monitor\n')
    mkdirSync(join(home, 'keys'))
    writeFileSync(join(home, 'keys', 'signing.pem'), 'private', { mode: 0o600 })
    await createToken(home, 'ci')
    await body({ dir, home, tar: join(dir, 'b.tar') })
  })
}

async function createToken(home: string, agent: string): Promise<void> {
  const { code, err } = await rampart(['token', 'create', '--agent', agent], { home })
  assert.equal(code, 0, err)
}

async function agents(home: string): Promise<string[]> {
  const { out } = await rampart(['token', 'list', '--json'], { home })
  return JSON.parse(out).tokens.map(({ agent }: { agent: string }) => agent)
}

function modes(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true, recursive: true }).flatMap((entry) => {
    const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777
    return mode === (entry.isDirectory() ? 0o700 : 0o600)
      ? []
      : [`${entry.name} ${mode.toString(8)}`]
  })
}

test('backup and restore: tar can list it, keys and token stay out, the trail goes on', () =>
  withState(async ({ dir, home, tar }) => {
    const made = await rampart(['backup', '--out', tar, '--json'], { home })
    assert.equal(made.code, 0, made.err)
    assert.equal(JSON.parse(made.out).bytes, statSync(tar).size)
    if (process.platform !== 'win32') assert.equal(statSync(tar).mode & 0o777, 0o600)
    const list = spawnSync('tar', ['-tf', tar], { encoding: 'utf8' }).stdout.trim().split('\n')
    assert.deepEqual(list.map((path) => path.replace(/-[0-9a-f]{8}|20[-0-9]+/, '…')), [
      'config.yaml',
      'policies/policy.yaml',
      'keys/anchor….pub.pem',
      'keys/origin',
      'rampart.db',
      'audit/anchors.jsonl',
      'audit/….jsonl',
      'manifest.json',
    ])
    await createToken(home, 'later')

    const copy = join(dir, 'elsewhere', 'copy')
    const dry = await rampart(['restore', tar, '--dry-run'], { home: copy })
    assert.match(dry.out, /as its manifest says\. Nothing was written/)
    assert.ok(!existsSync(copy))
    const restored = await rampart(['restore', tar], { home: copy })
    assert.equal(restored.code, 0, restored.err)
    assert.deepEqual(await agents(copy), ['ci'])
    assert.equal(readFileSync(join(copy, 'config.yaml'), 'utf8'), 'mode: monitor\n')
    assert.ok(!existsSync(join(copy, 'token')))
    const verified = await rampart(['audit', 'verify'], { home: copy })
    assert.equal(verified.code, 0, verified.out)
    const [last] = (await rampart(['audit', 'tail', '--n', '1', '--json'], { home: copy })).out
      .trim().split('\n').map((line) => JSON.parse(line))
    assert.equal(last.kind, 'recovery')
    assert.match(last.decision.message, /^The state was restored from a backup of /)
    if (process.platform !== 'win32') assert.deepEqual(modes(copy), [])
  }))

test('restore over a directory that holds something: refused, or with --force kept beside it', () =>
  withState(async ({ dir, home, tar }) => {
    await rampart(['backup', '--out', tar], { home })
    await createToken(home, 'later')
    const token = readFileSync(join(home, 'token'), 'utf8')
    const refused = await rampart(['restore', tar], { home })
    assert.equal(refused.code, 3)
    assert.match(refused.err, /is not empty\. .*--force/)
    assert.deepEqual(await agents(home), ['ci', 'later'])

    const forced = await rampart(['restore', tar, '--force', '--json'], { home })
    assert.equal(forced.code, 0, forced.err)
    assert.deepEqual(await agents(home), ['ci'])
    // What the archive does not hold of token and keys stays.
    assert.equal(readFileSync(join(home, 'token'), 'utf8'), token)
    assert.equal(readFileSync(join(home, 'keys', 'signing.pem'), 'utf8'), 'private')
    const { before } = JSON.parse(forced.out)
    assert.deepEqual((await agents(before)).sort(), ['ci', 'later'])
    assert.deepEqual(readdirSync(dir).length, 3)
  }))

test('--with-keys holds keys and token; without it a fresh directory gets new ones', () =>
  withState(async ({ dir, home, tar }) => {
    await rampart(['backup', '--out', tar, '--with-keys'], { home })
    const copy = join(dir, 'copy')
    assert.equal((await rampart(['restore', tar], { home: copy })).code, 0)
    for (
      const path of [
        'token',
        join('keys', 'signing.pem'),
        join('audit', '.private', 'redaction.key'),
      ]
    ) {
      assert.ok(readFileSync(join(copy, path)).equals(readFileSync(join(home, path))), path)
    }
  }))

test('refused while a server runs; a backup is made beside it', () =>
  withState(async ({ home, tar }) => {
    const server = lockServer(home)
    assert.ok(server)
    try {
      assert.equal((await rampart(['backup', '--out', tar], { home })).code, 0)
      const { code, err } = await rampart(['restore', tar, '--force'], { home })
      assert.equal(code, 3)
      assert.match(err, /A server runs on .*rampart serve stop/)
    } finally {
      server.release()
    }
  }))

test('a backup never goes over a file, and takes the place of what a killed one left', () =>
  withState(async ({ dir, home, tar }) => {
    writeFileSync(tar, 'mine')
    const { code, err } = await rampart(['backup', '--out', tar], { home })
    assert.equal(code, 3)
    assert.match(err, /b\.tar: it is there already/)
    assert.equal(readFileSync(tar, 'utf8'), 'mine')
    writeFileSync(join(dir, '.c.tar.part'), 'half')
    mkdirSync(join(home, '.backup'))
    writeFileSync(join(home, '.backup', 'rampart.db'), 'half')
    assert.equal((await rampart(['backup', '--out', join(dir, 'c.tar')], { home })).code, 0)
    assert.deepEqual(readdirSync(dir).sort(), ['b.tar', 'c.tar', 'home'])
    assert.ok(!existsSync(join(home, '.backup')))
  }))

test('links: a policy that is one is taken with its text, any other file is not followed', () =>
  withState(async ({ dir, home, tar }) => {
    writeFileSync(join(dir, 'real.yaml'), '# mine\n')
    symlinkSync(join(dir, 'real.yaml'), join(home, 'policies', 'linked.yaml'))
    writeFileSync(join(home, 'policies', '.hidden'), '')
    const made = await rampart(['backup', '--out', tar, '--json'], { home })
    assert.deepEqual(JSON.parse(made.out).skipped, ['policies/.hidden'])
    const copy = join(dir, 'copy')
    await rampart(['restore', tar], { home: copy })
    assert.equal(readFileSync(join(copy, 'policies', 'linked.yaml'), 'utf8'), '# mine\n')
    symlinkSync('/etc/hostname', join(home, 'audit', '2020-01-01.jsonl'))
    await rampart(['backup', '--out', join(dir, 'c.tar')], { home })
    const list = spawnSync('tar', ['-tf', join(dir, 'c.tar')], { encoding: 'utf8' }).stdout
    assert.ok(!list.includes('2020-01-01'))
  }))

test('F25 a database with a trigger is not restored', () =>
  withState(async ({ dir, home, tar }) => {
    const database = openDatabase(join(home, 'rampart.db'))
    database.exec('CREATE TRIGGER t AFTER INSERT ON tokens BEGIN DELETE FROM tokens; END')
    database.close()
    assert.equal((await rampart(['backup', '--out', tar], { home })).code, 0)
    const { code, err } = await rampart(['restore', tar], { home: join(dir, 'copy') })
    assert.equal(code, 3)
    assert.match(err, /its database: .*trigger t in its schema is not ours/)
    assert.deepEqual(readdirSync(dir).sort(), ['b.tar', 'home'])
  }))

test('beside a process that appends, the copy is a trail that verifies and ends with a line', () =>
  withState(async ({ dir, home }) => {
    const worker = startScript('./audit-worker.ts', [join(home, 'audit'), '1000000', '16'])
    try {
      for (let round = 0; round < 3; round++) {
        await worker.printed(50 * (round + 1))
        const tar = join(dir, `${round}.tar`)
        assert.equal((await rampart(['backup', '--out', tar], { home })).code, 0)
        const copy = join(dir, `copy-${round}`)
        assert.equal((await rampart(['restore', tar], { home: copy })).code, 0)
        const verified = await rampart(['audit', 'verify', '--json'], { home: copy })
        const { findings, events } = JSON.parse(verified.out)
        // The process that appends here leaves anchors to others.
        const kinds = findings.map(({ kind }: { kind: string }) => kind)
        assert.deepEqual(kinds.filter((kind: string) => kind !== 'anchor_missing'), [])
        assert.ok(events > 40 * (round + 1))
      }
    } finally {
      worker.child.kill('SIGKILL')
      await worker.ended
    }
  }))

test('a backup holds the policy bundle and what is known of its versions: an old one stays old after a restore', () =>
  withState(async ({ dir, home, tar }) => {
    mkdirSync(join(home, 'bundles'), { mode: 0o700 })
    const kept = {
      'active.tar': 'a bundle',
      'previous.tar': 'another',
      'state.json': '{"given_up":[]}',
    }
    for (const [name, text] of Object.entries(kept)) {
      writeFileSync(join(home, 'bundles', name), text, { mode: 0o600 })
    }
    writeFileSync(join(home, 'bundles', 'active.tar.ab12.tmp'), 'half of one')
    assert.equal((await rampart(['backup', '--out', tar], { home })).code, 0)
    const copy = join(dir, 'copy')
    const restored = await rampart(['restore', tar], { home: copy })
    assert.equal(restored.code, 0, restored.err)
    const found = readdirSync(join(copy, 'bundles')).sort()
      .map((name) => [name, readFileSync(join(copy, 'bundles', name), 'utf8')])
    assert.deepEqual(Object.fromEntries(found), kept)
  }))

test('a backup holds the copies of nodes; who this machine is as a node goes with the keys alone', () =>
  withState(async ({ dir, home, tar }) => {
    const copies = join('fleet', '01K9ZC3Y6W8T4M2R5V7N1QXBDE')
    const secret = ['node/node.json', 'node/node.pem', 'fleet/upstream.pem']
    const open = [join(copies, '2026-11-24.jsonl'), join(copies, 'anchors.jsonl')]
    for (const path of [...secret, ...open, join(copies, 'x.tmp'), 'fleet/other/a.jsonl']) {
      mkdirSync(dirname(join(home, path)), { recursive: true, mode: 0o700 })
      writeFileSync(join(home, path), `${path}\n`, { mode: 0o600 })
    }
    for (const [flags, kept] of [[[], open], [['--with-keys'], [...secret, ...open]]] as const) {
      const at = join(dir, `copy-${kept.length}`)
      const out = `${tar}-${kept.length}`
      const made = await rampart(['backup', '--out', out, ...flags], { home })
      assert.equal(made.code, 0, made.err)
      assert.match(made.err, /fleet\/other\/a\.jsonl is not in it/)
      const restored = await rampart(['restore', out], { home: at })
      assert.equal(restored.code, 0, restored.err)
      for (const path of secret) assert.equal(existsSync(join(at, path)), flags.length > 0, path)
      for (const path of kept) assert.equal(readFileSync(join(at, path), 'utf8'), `${path}\n`)
    }
  }))
