import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { cleanEnv, get, inHome, ownRuntime, startServer, until } from './server.ts'
import { cannotWrap, hasTool, PATIENT, policyFile, rampartRun } from './wrapped.ts'

const why = cannotWrap()
const SLOW_MS = 120_000
const skip = why ?? false

/** What a wrap leaves: a server that answers, directories of its own. */
function leftOf(home: string): string[] {
  const wraps = join(home, 'run', 'wraps')
  return [
    ...(existsSync(wraps) ? readdirSync(wraps) : []),
    ...['serve.json', 'rampart.sock'].filter((name) => existsSync(join(home, 'run', name))),
  ]
}

/** Start a wrap whose program writes its own number to a file and then does what is said. */
function startWrap(
  home: string,
  does: string,
  flags: readonly string[] = [],
  env: Record<string, string> = {},
  /** What has to stand before anybody is told its number. */
  first = ':',
) {
  const file = join(dirname(home), 'pid')
  rmSync(file, { force: true })
  const [program, ...argv] = ownRuntime()
  const line = `${first}; echo $$ > '${file}.new'; mv '${file}.new' '${file}'; ${does}`
  const words = [...argv, 'wrap', ...flags, '--', '/bin/sh', '-c', line]
  const child = spawn(program!, words, {
    env: cleanEnv(home, { ...PATIENT, ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let err = ''
  child.stderr.on('data', (chunk: Uint8Array) => err += String(chunk))
  const gone = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)))
  const inner = () =>
    until(() => existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined, SLOW_MS)
  return { child, gone, inner, said: () => err }
}

const isRunning = (pid: number) =>
  existsSync(`/proc/${pid}`) &&
  !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))

test(
  'wrap without a server starts one, and takes it away with everything else',
  { skip },
  () =>
    inHome(async (home) => {
      const env = {
        RAMPART_TOKEN: 'a'.repeat(64),
        RAMPART_URL: 'http://127.0.0.1:9',
        RAMPART_MODE: 'disabled',
        LD_PRELOAD: '/nonexistent/other.so',
        BUN_OPTIONS: '--preload /nonexistent/evil.js',
        http_proxy: 'http://127.0.0.1:9',
      }
      // A runtime of ours would heed them itself: they are for what is wrapped.
      const { BUN_OPTIONS: _bun, ...heeded } = env
      const words = [
        'wrap',
        '--policy',
        policyFile(home),
        '--agent',
        'me',
        '--',
        '/bin/sh',
        '-c',
        'env',
      ]
      const { code, out, err } = await rampartRun(home, words, {
        env: 'Bun' in globalThis ? heeded : env,
      })
      assert.equal(code, 0, err)
      const said = new Map(
        out.split('\n').map((line) => [line.split('=')[0], line.split('=').slice(1).join('=')]),
      )
      assert.equal(
        said.has('RAMPART_TOKEN') || said.has('RAMPART_URL') || said.has('RAMPART_MODE'),
        false,
      )
      assert.equal(out.includes('a'.repeat(64)), false, 'F1: the token is not in the environment')
      assert.equal(said.get('RAMPART_AGENT'), 'me')
      assert.equal(
        said.get('LD_PRELOAD'),
        `${join(home, 'lib', 'librampart.so')}:/nonexistent/other.so`,
      )
      assert.equal(readFileSync(join(home, 'token'), 'utf8').trim().length, 64)
      assert.equal(out.includes(readFileSync(join(home, 'token'), 'utf8').trim()), false)
      assert.deepEqual(leftOf(home), [])
      // The mode of the environment did not loosen the server's own (F5).
      const denied = await rampartRun(home, [...words.slice(0, 5), '--', 'echo', 'forbidden'], {
        env: { RAMPART_MODE: 'monitor' },
      })
      assert.deepEqual(denied, {
        code: 126,
        out: '',
        err: 'rampart: blocked: That word is not said here (words)\n',
      })
    }),
)

test(
  'F5 --mode does not loosen a server that runs, nor do its policies change',
  { skip },
  () =>
    inHome(async (home) => {
      const server = await startServer(ownRuntime(), home, { args: ['--policy', policyFile(home)] })
      for (
        const [flags, message] of [
          [['--mode', 'monitor'], /--mode monitor would loosen the mode enforce/],
          [['--mode', 'disabled'], /--mode disabled would loosen/],
          [['--profile', 'research'], /--profile: a server runs already/],
          [['--policy', '/dev/null'], /--policy: a server runs already/],
        ] as const
      ) {
        const { code, out, err } = await rampartRun(home, ['wrap', ...flags, '--', 'echo', 'ran'])
        assert.deepEqual({ code, out }, { code: 3, out: '' })
        assert.match(err, message)
      }
      await server.end()
      const loose = await startServer(ownRuntime(), home, { args: ['--mode', 'monitor'] })
      const { code, err } = await rampartRun(home, ['wrap', '--mode', 'enforce', '--', 'true'])
      assert.equal(code, 3)
      assert.match(err, /cannot tighten the mode monitor/)
      await loose.end()
    }),
)

test(
  'wrap hands signals on, to the whole group where there is no terminal',
  { skip },
  () =>
    inHome(async (home) => {
      const server = await startServer(ownRuntime(), home, { args: ['--policy', policyFile(home)] })
      for (
        const [signal, first, does, code] of [
          ['SIGTERM', ':', 'exec sleep 1000', 143],
          ['SIGINT', "trap 'exit 9' INT", 'while :; do sleep 0.05; done', 9],
          ['SIGUSR1', "trap 'exit 8' USR1", 'while :; do sleep 0.05; done', 8],
        ] as const
      ) {
        const wrap = startWrap(home, does, [], {}, first)
        const pid = await wrap.inner()
        process.kill(wrap.child.pid!, signal)
        assert.equal(await wrap.gone, code, `${signal}: ${wrap.said()}`)
        assert.equal(isRunning(pid), false, signal)
      }
      await server.end()
    }),
)

test(
  'a wrap that is killed leaves nothing behind for long: its server ends, the next one tidies up',
  { skip },
  () =>
    inHome(async (home) => {
      const wrap = startWrap(home, 'exec sleep 1000', ['--policy', policyFile(home)])
      const pid = await wrap.inner()
      const { pid: server } = JSON.parse(readFileSync(join(home, 'run', 'serve.json'), 'utf8'))
      process.kill(wrap.child.pid!, 'SIGKILL')
      await wrap.gone
      await until(() => isRunning(server) ? undefined : true, SLOW_MS)
      process.kill(pid, 'SIGKILL')
      const stale = readdirSync(join(home, 'run', 'wraps'))
      assert.equal(stale.length, 1)
      // What is not a wrap's is not touched by its name alone.
      mkdirSync(join(home, 'run', 'wraps', '1-1-1'))
      writeFileSync(join(home, 'run', 'wraps', stale[0]!, 'more'), '')
      assert.equal((await rampartRun(home, ['wrap', '--quiet', '--', 'true'])).code, 0)
      assert.deepEqual(readdirSync(join(home, 'run', 'wraps')), ['1-1-1'])
    }),
)

test(
  'two wraps share a server, and the last one takes it away',
  { skip },
  () =>
    inHome(async (home) => {
      const first = startWrap(home, 'exec sleep 1000', ['--policy', policyFile(home)])
      await first.inner()
      const { pid } = JSON.parse(readFileSync(join(home, 'run', 'serve.json'), 'utf8'))
      const second = await rampartRun(home, ['wrap', '--', 'echo', 'forbidden'])
      assert.equal(second.code, 126, second.err)
      assert.equal(isRunning(pid), true)
      process.kill(first.child.pid!, 'SIGTERM')
      await first.gone
      assert.deepEqual([isRunning(pid), leftOf(home)], [false, []])
    }),
)

for (const [posture, code] of [['1', 0], ['0', 126]] as const) {
  test(
    `F6 kill -9 of the server in the middle, and no executable: RAMPART_FAIL_OPEN=${posture} gives ${code}`,
    {
      skip,
    },
    () =>
      inHome(async (home) => {
        const server = await startServer(ownRuntime(), home, {
          args: ['--policy', policyFile(home)],
        })
        const [word, go, bin] = ['word', 'go', 'bin'].map((name) => join(dirname(home), name))
        // From a file, so that the program itself may start.
        writeFileSync(word!, 'forbidden')
        const does = `read word < ${word}; echo "$RAMPART_BIN" > ${bin}; ` +
          `while [ ! -e ${go} ]; do :; done; /bin/true "$word"; exit $?`
        const wrap = startWrap(home, does, [], { RAMPART_FAIL_OPEN: posture })
        await wrap.inner()
        const executable = await until(
          () => existsSync(bin!) ? readFileSync(bin!, 'utf8').trim() || undefined : undefined,
          SLOW_MS,
        )
        rmSync(executable)
        await server.end('SIGKILL')
        writeFileSync(go!, '')
        assert.equal(await wrap.gone, code, wrap.said())
        if (code === 126) return
        const next = await startServer(ownRuntime(), home)
        const { body } = await until(async () => {
          const page = await get(next, '/v1/audit/events?kind=fail_open')
          return (page.body['events'] as unknown[]).length > 0 ? page : undefined
        }, SLOW_MS)
        assert.equal((body['events'] as unknown[]).length > 0, true)
        await next.end()
      }),
  )
}

test('wrap in a terminal: the keyboard reaches the program, and stty lasts', {
  skip: why ?? (hasTool('python3') ? false : 'no python3 here'),
}, () =>
  inHome(async (home) => {
    const server = await startServer(ownRuntime(), home, { args: ['--policy', policyFile(home)] })
    const script = new URL('./terminal.py', import.meta.url).pathname
    const child = spawn('python3', [script, ...ownRuntime()], {
      env: cleanEnv(home, PATIENT),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Uint8Array) => said += String(chunk))
    }
    const code = await new Promise((resolve) => child.on('close', resolve))
    assert.equal(code, 0, said)
    await server.end()
  }))
