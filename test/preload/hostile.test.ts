import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Bench, build, HAS_LIMITS, json, type Ran, skipped, withBench } from './bench.ts'

const skip = skipped()

async function through(bench: Bench, way: string, env = {}): Promise<Ran & { made: boolean }> {
  bench.asked.length = 0
  const marker = join(bench.dir, `${way}.marker`)
  const ran = await bench.run([join(build('all', 'probes'), 'hostile'), way, marker], env)
  return { ...ran, made: existsSync(marker) }
}

const denying = (bench: Bench, message = 'no', policy = 'p'): void =>
  void (bench.reply = (response) =>
    json(response, { allowed: false, decision: 'deny', message, policy }))

test('F6 a program that takes away what asking needs is not let through', { skip }, async () => {
  await withBench(async (bench) => {
    const ways = [['no_memory', /no memory/], ['no_files', /no file descriptor/]] as const
    for (const [way, why] of HAS_LIMITS ? ways : []) {
      const { made, err } = await through(bench, way)
      assert.equal(made, false, way)
      assert.match(err, why)
    }
    const blocked = await through(bench, 'no_signals')
    assert.ok(blocked.made, blocked.err)
  })
})

/** Error codes as the probe prints them. */
const EPERM = '1\n'

test('F6 a sandbox that takes sockets away lets nothing through, from a vfork child neither', {
  skip,
}, async (context) => {
  await withBench(async (bench) => {
    for (const way of ['no_sockets', 'sockets_refused', 'sockets_absent']) {
      for (const name of [way, `vforked_${way}`]) {
        const { made, out, err } = await through(bench, name)
        if (out.startsWith('no filter')) return context.skip(`this kernel takes no filters: ${out}`)
        // Present but failing: no answer is a no, whatever is said of a server that is gone.
        assert.deepEqual([made, out], [false, EPERM], name)
        assert.match(
          err,
          /^rampart: blocked: rampart cannot decide \(no socket can be made here\)$/m,
          name,
        )
        assert.equal(bench.asked.length, 0, name)
      }
    }
    denying(bench)
    const { made, out, err } = await through(bench, 'child_filtered')
    assert.deepEqual([made, out], [false, EPERM + EPERM], err)
    assert.equal(bench.asked.length, 1, 'the parent, whose sockets are its own, asked')
  })
})

test('F6 a sandbox that answers connect itself lets nothing through', { skip }, async (context) => {
  await withBench(async (bench) => {
    denying(bench)
    const refused = ['connects_refused', 'connects_absent'].flatMap((
      way,
    ) => [way, `vforked_${way}`])
    for (const name of [...refused, 'connects_nowhere', 'connects_feigned', 'peers_feigned']) {
      const { made, out, err } = await through(bench, name)
      if (out.startsWith('no filter')) return context.skip(`this kernel takes no filters: ${out}`)
      assert.deepEqual([made, out], [false, EPERM], name)
      assert.match(err, /^rampart: blocked: rampart cannot decide \(.*\)$/m, name)
      assert.equal(bench.asked.length, 0, name)
    }
  })
})

test(
  'F6 a sandbox that hides the executable does not make it absent',
  { skip },
  async (context) => {
    await withBench(async (bench) => {
      const bin = join(bench.dir, 'bin')
      const no = '{"allowed":false,"decision":"deny","message":"local no"}'
      writeFileSync(bin, `#!/bin/sh\n/bin/cat >/dev/null; echo '${no}'\n`, { mode: 0o755 })
      const env = { RAMPART_SOCKET: join(bench.dir, 'nobody'), RAMPART_BIN: bin }
      assert.equal((await through(bench, 'no_argv', env)).err, 'rampart: blocked: local no\n')
      const { made, out, err } = await through(bench, 'files_hidden', env)
      if (out.startsWith('no filter')) return context.skip(`this kernel takes no filters: ${out}`)
      assert.deepEqual([made, out], [false, EPERM], err)
    })
  },
)

test('a denial is told without harm to the program', { skip }, async () => {
  await withBench(async (bench) => {
    denying(bench)
    assert.equal((await through(bench, 'no_stderr')).out, '1\n')
    assert.equal((await through(bench, 'broken_stderr')).out, 'alive 1\n')
    const quiet = await through(bench, 'no_stderr', { RAMPART_QUIET: '1' })
    assert.equal(quiet.err, '')
  })
})

test('F13 the line about a denial shows what cannot be seen, and ends', { skip }, async () => {
  await withBench(async (bench) => {
    denying(bench, 'a\u001b[2Jb\u202ec\nd\u200be\u00a0f\u{e0041}', 'p\rq')
    const { err } = await through(bench, 'no_argv')
    const line =
      'rampart: blocked: a\\u{1b}[2Jb\\u{202e}c\\nd\\u{200b}e\\u{a0}f\\u{e0041} (p\\rq)\n'
    assert.equal(err, line)
    denying(bench, 'é'.repeat(2000))
    const long = await through(bench, 'no_argv')
    assert.match(long.err, /^rampart: blocked: é+ \(p\)\n$/)
    assert.ok(long.err.length < 1024)
  })
})

test('signals that come all the time do not disturb the question', { skip }, async () => {
  await withBench(async (bench) => {
    bench.reply = (response) =>
      void setTimeout(() => json(response, { allowed: true, decision: 'allow' }), 30)
    const { made, err } = await through(bench, 'restless')
    assert.ok(made, err)
  })
})

test('words travel as they are: bytes, many, none', { skip }, async () => {
  await withBench(async (bench) => {
    await through(bench, 'bytes')
    const { argv_b64, program } = bench.asked[0]!.body.params as Record<string, unknown>
    const words = (argv_b64 as string[]).map((word) =>
      Buffer.from(word, 'base64').toString('latin1')
    )
    assert.deepEqual(words[2], '\xff\xfe"\\\n\t')
    assert.equal(program, '/usr/bin/touch')
    assert.ok((await through(bench, 'some_line')).made)
    assert.equal(bench.asked[0]!.body.params.argv!.join(' ').length > 200_000, true)
    const none = await through(bench, 'no_argv')
    assert.deepEqual(bench.asked[0]!.body.params.argv, [''], none.err)
  })
})

test('a call beyond the limit is denied, not cut', { skip }, async () => {
  await withBench(async (bench) => {
    const { made, err, out } = await through(bench, 'long_line')
    assert.equal(made, false)
    assert.match(err, /longer than 1 MiB/)
    assert.equal(out, '1\n')
    assert.equal(bench.asked.length, 0)
  })
})

test(
  'what is no program is answered as the kernel would, without a question',
  { skip },
  async () => {
    await withBench(async (bench) => {
      assert.equal((await through(bench, 'nothing_there')).out, '2 2 13 13 2\n')
      assert.equal(bench.asked.length, 0)
    })
  },
)

test('a text without #! is asked about as what the shell runs', { skip }, async () => {
  await withBench(async (bench) => {
    const { made, err, out } = await through(bench, 'script')
    assert.ok(made, err + out)
    const [script, shell, touch] = bench.asked.map(({ body }) => body.params)
    assert.equal(script!.program, `${bench.dir}/work/./plain-script`)
    assert.deepEqual(shell!.argv, ['/bin/sh', './plain-script'])
    assert.equal(touch!.program, '/usr/bin/touch')
  })
})

test('a program in memory has the name of its memory', { skip }, async () => {
  await withBench(async (bench) => {
    denying(bench)
    assert.equal((await through(bench, 'memory_file')).made, false)
    assert.equal(bench.asked[0]!.body.params.program, '/memfd:ls (deleted)')
    assert.deepEqual(readdirSync(join(bench.dir, 'work')), [])
  })
})

test(
  'what passes by, as the README has it: a libc that nothing was loaded before',
  { skip },
  async (context) => {
    await withBench(async (bench) => {
      denying(bench)
      const { made, out } = await through(bench, 'own_libc')
      if (out !== '') return context.skip(out)
      assert.equal(made, true)
      assert.equal(bench.asked.length, 0)
    })
  },
)
