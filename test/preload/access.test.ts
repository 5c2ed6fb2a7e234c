import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Bench, build, json, skipped, withBench } from './bench.ts'

const skip = skipped()
const BOTH = { RAMPART_PRELOAD: 'exec,file,net' }

const READS = [
  'open',
  'open64',
  'openat',
  'openat_dir',
  'open_deep',
  'fopen',
  'freopen',
  'syscall_open',
  'link_read',
  'old_open',
  'old_open64',
  'old_fopen',
]
const WRITES = ['create', 'creat', 'fopen_write', 'truncate']
const DELETES = ['unlink', 'unlinkat', 'remove', 'syscall_unlink']
/** What is moved can be read under its new name, and is gone under the old one. */
const MOVES = ['rename', 'renameat']
const EXCHANGES = ['exchange', 'syscall_exchange']
const HOSTS = [
  'connect',
  'old_connect',
  'connect_mapped',
  'syscall_connect',
  'sendto',
  'sendmsg',
  'sendmmsg',
  'getaddrinfo',
]
const LOOKUPS = ['gethostbyname_r', 'gethostbyname2_r']

/** Deny what is asked about the one path or URL. */
function denying(bench: Bench, word: string): void {
  bench.reply = (response, { body }) => {
    const { path, url } = body.params as { path?: string; url?: string }
    const allowed = !(path ?? url ?? '').includes(word)
    json(response, {
      allowed,
      decision: allowed ? 'allow' : 'deny',
      message: 'keep out',
      policy: 'p',
    })
  }
}

test('files: what is denied is not read, written or deleted', { skip }, async () => {
  await withBench(async (bench) => {
    for (const door of [...READS, ...WRITES, ...DELETES, ...MOVES]) {
      const path = join(bench.dir, 'work', 'secret')
      const other = join(bench.dir, 'work', 'other')
      writeFileSync(path, 'the secret')
      rmSync(other, { force: true })
      rmSync(join(bench.dir, 'work', 'd'.repeat(200)), { recursive: true, force: true })
      bench.asked.length = 0
      denying(bench, 'secret')
      const denied = await bench.run(
        [join(build('all', 'probes'), 'reach'), door, path, other],
        BOTH,
      )
      assert.equal(denied.out, ' -1 1\n', `${door}: ${denied.err}`)
      assert.match(denied.err, /^rampart: blocked: keep out \(p\)\n/, door)
      assert.equal(readFileSync(path, 'utf8'), 'the secret', door)
      assert.equal(existsSync(other), false, door)
      const tool = WRITES.includes(door) ? 'write' : DELETES.includes(door) ? 'delete_file' : 'read'
      const about = bench.asked.filter(({ body }) => JSON.stringify(body).includes('secret'))
      assert.deepEqual(about.map(({ url }) => url), [`/v1/preflight/${tool}`], door)
      bench.reply = (response) => json(response, { allowed: true, decision: 'allow' })
      rmSync(join(bench.dir, 'work', 'd'.repeat(200)), { recursive: true, force: true })
      const allowed = await bench.run([join(build(), 'reach'), door, path, other], BOTH)
      assert.match(allowed.out, READS.includes(door) ? /^the secret 0 / : /^ 0 4242\n/, door)
    }
  })
})

test('F34 what is moved is asked about as read, deleted and written, both ways when exchanged', {
  skip,
}, async () => {
  await withBench(async (bench) => {
    const path = join(bench.dir, 'work', 'secret')
    const other = join(bench.dir, 'work', 'other')
    const asked = async (door: string) => {
      writeFileSync(path, 'the secret')
      bench.asked.length = 0
      const { out } = await bench.run(
        [join(build('all', 'probes'), 'reach'), door, path, other],
        BOTH,
      )
      const moves = bench.asked.filter(({ url }) => !url.endsWith('/exec')).map(({ url, body }) =>
        `${url.split('/').at(-1)} ${
          String((body.params as { path: string }).path).split('/').at(-1)
        }`
      )
      return { out, moves }
    }
    const there = ['read secret', 'delete_file secret', 'write other']
    const back = ['read other', 'delete_file other', 'write secret']
    for (const door of MOVES) {
      assert.deepEqual(await asked(door), { out: ' 0 4242\n', moves: there }, door)
    }
    for (const door of EXCHANGES) {
      const { out, moves } = await asked(door)
      assert.equal(out, ' 0 4242\n', door)
      assert.deepEqual(moves.slice(-6), [...back, ...there], door)
      assert.equal(readFileSync(other, 'utf8'), 'the secret')
      bench.reply = (response, { url }) =>
        json(response, { allowed: !url.endsWith('/read'), decision: 'deny' })
      assert.equal((await asked(door)).out, ' -1 1\n', door)
      bench.reply = (response) => json(response, { allowed: true, decision: 'allow' })
    }
  })
})

test('hosts: a name that is denied is not looked up', { skip }, async () => {
  await withBench(async (bench) => {
    for (const door of LOOKUPS) {
      bench.asked.length = 0
      denying(bench, '127.0.0.1')
      const command = [join(build('all', 'probes'), 'reach'), door, '127.0.0.1', '0']
      const denied = await bench.run(command, { RAMPART_PRELOAD: 'exec,net' })
      assert.equal(denied.out, ' -1 1\n', `${door}: ${denied.err}`)
      assert.deepEqual(bench.asked[0]!.body.params, { url: 'https://127.0.0.1/' })
      bench.reply = (response) => json(response, { allowed: true, decision: 'allow' })
      const allowed = await bench.run(command, { RAMPART_PRELOAD: 'exec,net' })
      assert.match(allowed.out, /^ 0 /, `${door}: ${allowed.out}${allowed.err}`)
    }
  })
})

test('hosts: what is denied is not reached', { skip }, async () => {
  const server = createServer((peer) => peer.destroy())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = String((server.address() as AddressInfo).port)
  try {
    await withBench(async (bench) => {
      for (const door of HOSTS) {
        bench.asked.length = 0
        denying(bench, '127.0.0.1')
        const command = [join(build('all', 'probes'), 'reach'), door, '127.0.0.1', port]
        const denied = await bench.run(command, { RAMPART_PRELOAD: 'exec,net' })
        assert.match(denied.out, /^ -1 1\n/, `${door}: ${denied.err}`)
        const [{ url, body }] = bench.asked as [typeof bench.asked[0]]
        assert.equal(url, '/v1/preflight/fetch')
        assert.deepEqual(body.params, { url: `http://127.0.0.1:${port}/` })
        bench.reply = (response) => json(response, { allowed: true, decision: 'allow' })
        const allowed = await bench.run(command, { RAMPART_PRELOAD: 'exec,net' })
        assert.match(allowed.out, /^ 0 /, `${door}: ${allowed.out}${allowed.err}`)
      }
    })
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})

test('files and hosts are asked about only where that is said', { skip }, async () => {
  await withBench(async (bench) => {
    const path = join(bench.dir, 'secret')
    writeFileSync(path, 'the secret')
    denying(bench, 'secret')
    const reach = join(build('all', 'probes'), 'reach')
    const plain = await bench.run([reach, 'open', path, 'x'])
    assert.equal(plain.out, 'the secret 0 4242\n')
    assert.equal(bench.asked.length, 0)
    const off = await bench.run([reach, 'open', path, 'x'], { ...BOTH, RAMPART_MODE: 'disabled' })
    assert.equal(off.out, 'the secret 0 4242\n')
  })
})
