import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inTerminal, noTmux } from '../helpers/tmux.ts'
import { isRestored, scene } from '../helpers/watch-scene.ts'
import {
  cleanEnv,
  CLI,
  exec,
  executable,
  ownRuntime,
  post,
  runProgram,
  startServer,
} from './server.ts'

const why = noTmux()
const self = ownRuntime()
const compiled = executable()

for (
  const { name, command, unless } of [
    { name: 'this runtime', command: self, unless: why },
    { name: 'dist/rampart', command: compiled.command ?? [], unless: why ?? compiled.why },
  ]
) {
  test(`in a terminal: calls are seen, answered and done, and the terminal given back (${name})`, (t) => {
    if (unless !== undefined) return t.skip(unless)
    return scene(command, async ({ home, ask, plain }) => {
      const first = ask('deploy one')
      await inTerminal([...command, 'watch'], cleanEnv(home), async (terminal) => {
        await terminal.shows(/live {2}enforce {2}1 waiting[^]*> [0-9a-f]{8} .*deploy one/)
        assert.equal(terminal.ask('#{alternate_on}'), '1')
        await plain('rm -rf x')
        await terminal.shows(/deny .*rm -rf x/)
        // Another comes while the first is looked at: the key is for the first.
        const second = ask('deploy two')
        await terminal.shows(/2 waiting/)
        terminal.press('a')
        assert.equal(await first, 200)
        await terminal.shows(/1 waiting/)
        // Nothing is chosen now: this answers nobody.
        terminal.press('a', 'd')
        await terminal.shows(/Choose a call first/)
        terminal.press('j')
        await terminal.shows(/> [0-9a-f]{8} .*deploy two[^]*Deploying needs a person/)
        terminal.press('d')
        assert.equal(await second, 403)
        await terminal.shows(/Nothing waits for you/)
        terminal.press('q')
        await terminal.shows(/EXIT 0\s+COOKED/)
        isRestored(terminal)
      })
    })
  })
}

test('F13 in a terminal: what an agent writes moves nothing, and a paste answers nothing', (t) => {
  if (why !== undefined) return t.skip(why)
  return scene(self, async ({ home, ask }) => {
    const hostile = 'deploy \x1b]0;owned\x07\x1b[2J\x1b[5;5HHERE\r\n\u202egnihton 日本語😀'
    const waiting = ask(hostile)
    await inTerminal([...self, 'watch'], cleanEnv(home), async (terminal) => {
      const title = terminal.ask('#{pane_title}')
      await terminal.shows(/deploy \\u\{1b\}\]0;owned\\u\{7\}\\u\{1b\}\[2J/)
      assert.equal(terminal.ask('#{pane_title}'), title)
      assert.ok(!title.includes('owned'))
      terminal.send('\x1b[200~a\rd\x1b[201~')
      terminal.press('?')
      await terminal.shows(/approve the chosen call, once/)
      terminal.press('x')
      terminal.resize(40, 10)
      await terminal.shows(/^rampart watch {2}live {2}enforce {2}1 waiting/)
      for (const line of terminal.screen().split('\n')) assert.ok(line.length <= 40, line)
      terminal.resize(30, 6)
      await terminal.shows(/^rampart watch needs 40×8/)
      terminal.resize(120, 30)
      await terminal.shows(/1 waiting[^]*Deploying needs a person/)
      terminal.press('d')
      assert.equal(await waiting, 403)
    }, [90, 24])
  })
})

test('in a terminal: a server that is gone is said to be, and found again when it is back', (t) => {
  if (why !== undefined) return t.skip(why)
  return scene(self, async ({ home, server }) => {
    await inTerminal([...self, 'watch'], cleanEnv(home, { NO_COLOR: '' }), async (terminal) => {
      await terminal.shows(/live {2}enforce/)
      await server.end('SIGKILL')
      await terminal.shows(/no connection, again in \d+ s/)
      const again = await startServer(self, home)
      await terminal.shows(/live {2}enforce/)
      await post(again, '/v1/preflight/exec', exec('rm after'))
      await terminal.shows(/deny .*rm after/)
      await again.end()
      terminal.press('C-c')
      await terminal.shows(/EXIT 0\s+COOKED/)
      isRestored(terminal)
    })
  })
})

test('whatever ends it gives the terminal back: a signal, a defect, a refusal', (t) => {
  if (why !== undefined) return t.skip(why)
  return scene(self, async ({ home }) => {
    for (const [signal, code] of [['SIGTERM', 143], ['SIGHUP', 129], ['SIGINT', 130]] as const) {
      await inTerminal([...self, 'watch'], cleanEnv(home), async (terminal) => {
        await terminal.shows(/live {2}enforce/)
        terminal.signal(signal)
        await terminal.shows(new RegExp(`EXIT ${code}\\s+COOKED`))
        isRestored(terminal)
      })
    }
    const script = fileURLToPath(new URL('../helpers/screen-crash.ts', import.meta.url))
    const crash = self.map((word) => word === CLI ? script : word)
    await inTerminal(crash, cleanEnv(home), async (terminal) => {
      await terminal.shows(/a defect of the view[^]*EXIT [1-9]\d*\s+COOKED/)
      isRestored(terminal)
    })
    const wrong = { RAMPART_TOKEN: 'wrong' }
    await inTerminal([...self, 'watch'], cleanEnv(home, wrong), async (terminal) => {
      await terminal.shows(/rampart: The request carries wrong token\s+EXIT 1\s+COOKED/)
    })
  })
})

test('where stdout is no terminal: a line an event, or JSON a line; a reader that goes ends it quietly', () =>
  scene(self, async ({ home, plain, server }) => {
    for (const flags of [['--plain'], ['--json'], []]) {
      const { child, line, ended } = piped([...self, 'watch', ...flags], home)
      // Whoever watches is there once an event that was made after it is seen.
      const calls = setInterval(() => void plain('rm \x1b[31mit').catch(() => {}), 100)
      try {
        const text = await line
        if (flags[0] === '--json') assert.equal(JSON.parse(text).schema, 'rampart.audit.v2')
        else assert.match(text, /^\d{4}-.* {2}decision {2}deny dry \(asking\/2\) {2}bot exec/)
        assert.ok(!text.includes('\x1b'))
        child.stdout!.destroy()
        assert.deepEqual(await ended, { code: 141, err: '' })
      } finally {
        clearInterval(calls)
      }
    }
    const refused = await runProgram([...self, 'watch', '--json'], {
      home,
      env: { RAMPART_TOKEN: 'wrong' },
    })
    assert.deepEqual([refused.code, JSON.parse(refused.out).code], [1, 'unauthenticated'])
    assert.ok(server.pid > 0)
  }))

function piped(command: readonly string[], home: string): {
  child: ChildProcess
  line: Promise<string>
  ended: Promise<{ code: number | null; err: string }>
} {
  const child = spawn(command[0]!, command.slice(1), {
    env: cleanEnv(home),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  const { promise, resolve } = Promise.withResolvers<string>()
  child.stdout.on('data', (chunk: Uint8Array) => {
    out += String(chunk)
    const line = out.split('\n').find((one) => one.includes('deny'))
    if (line !== undefined && out.includes(`${line}\n`)) resolve(line)
  })
  child.stderr.on('data', (chunk: Uint8Array) => err += String(chunk))
  const ended = new Promise<{ code: number | null; err: string }>((done) =>
    child.on('close', (code) => done({ code, err }))
  )
  return { child, line: promise, ended }
}

test(
  'a terminal that moves no cursor gets a line an event',
  { skip: why },
  () =>
    scene(self, async ({ home, plain }) => {
      const env = cleanEnv(home)
      await inTerminal(['env', 'TERM=dumb', ...self, 'watch'], env, async (terminal) => {
        // What comes before it listens is not shown: asked again until one is.
        let asking = true
        const asked = (async () => {
          while (asking) await plain('rm -rf x')
        })()
        try {
          await terminal.shows(/deny.*rm -rf x|rm -rf x.*deny/s)
        } finally {
          asking = false
          await asked
        }
        assert.equal(terminal.ask('#{alternate_on}'), '0')
      })
    }),
)
