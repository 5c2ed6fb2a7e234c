import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { HOST_NAMES, type HostName } from '../../src/hosts/host.ts'
import { LAST_WORDS } from '../../src/hosts/refusals.ts'
import { type Bench, textOf, whyNot } from './bench.ts'
import { http, withRaw } from './raw.ts'

const skip = whyNot()

/** Bytes that are neither UTF-8 nor JSON, and that a text would change. */
const EVENT = Buffer.from('{"hook_event_name":"PreToolUse","x":"\u0000\r\n é"}\xff\xfe', 'latin1')

interface Hooked {
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

/** `rampart-shim hook …` with an event on standard input. */
function hook(
  { dir }: Bench,
  words: readonly string[],
  { input = EVENT, open = false, env = {} }: {
    readonly input?: Uint8Array
    readonly open?: boolean
    readonly env?: Record<string, string>
  } = {},
): Promise<Hooked> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(dir, 'rampart-shim'), ['hook', ...words], {
      env: { PATH: '/usr/bin:/bin', ...env },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (part: Uint8Array) => out += String(part))
    child.stderr.on('data', (part: Uint8Array) => err += String(part))
    child.on('error', reject).on('close', (code, signal) => resolve({ code, signal, out, err }))
    child.stdin.on('error', () => {})
    child.stdin.write(input)
    if (!open) child.stdin.end()
  })
}

/** Whole requests, as bytes, each answered with some. */
function answering(seen: Buffer[], answer: string) {
  return (socket: Socket) => {
    let got = Buffer.alloc(0)
    socket.on('data', (part: Uint8Array) => {
      got = Buffer.concat([got, part])
      const head = got.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(got.toString('latin1'))?.[1])
      if (head < 0 || got.length < head + 4 + length) return
      seen.push(got)
      socket.end(answer, 'latin1')
    })
  }
}

/** What stands for `rampart`: it keeps what it was given, prints, and ends as it is told. */
function stand(dir: string, print: string, end = 'exit 0'): string {
  const path = join(dir, 'stand-in')
  rmSync(join(dir, 'stdin'), { force: true })
  writeFileSync(
    path,
    `#!/bin/sh\nenv >'${dir}/env'; echo "$@" >'${dir}/args'; cat >'${dir}/stdin'\n` +
      `printf '%s' '${print}'\n${end}\n`,
    { mode: 0o755 },
  )
  return path
}

const SAYS = http('200 OK', '{"decision":"é"}', 'Rampart-Exit: 0\r\n')

test('a hook goes to the server byte for byte, and its answer is printed', { skip }, async () => {
  const seen: Buffer[] = []
  await withRaw(answering(seen, Buffer.from(SAYS).toString('latin1')), async (bench) => {
    const done = await hook(bench, ['claude-code', '--timeout-ms', '40000'])
    assert.deepEqual(done, { code: 0, signal: null, out: '{"decision":"é"}', err: '' })
    const text = seen[0]!.toString('latin1')
    assert.match(text, /^POST \/v1\/hook\/claude-code HTTP\/1\.1\r\n/)
    assert.match(text, /\r\nContent-Type: application\/json\r\n/)
    assert.match(text, /\r\nRampart-Process: \d+(,\d+)+\r\n/)
    // What is left of the time is told, less what the executable may need.
    const told = Number(/\r\nRampart-Timeout-Ms: (\d+)\r\n/.exec(text)?.[1])
    assert.ok(told <= 35_000 && told > 5000, String(told))
    assert.deepEqual(seen[0]!.subarray(seen[0]!.indexOf('\r\n\r\n') + 4), EVENT)
  })
  for (const chunk of ['7\r\n{"no":1\r\n1\r\n}\r\n0\r\n\r\n']) {
    const answer =
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nrampart-exit: 2\r\n\r\n${chunk}`
    await withRaw(answering([], answer), async (bench) => {
      const done = await hook(bench, ['codex'])
      assert.deepEqual(done, { code: 2, signal: null, out: '', err: '{"no":1}' })
    })
  }
})

const NO_ANSWER: Readonly<Record<string, string>> = {
  'a server that fails': http('503 No', '{}', 'Rampart-Exit: 0\r\n'),
  'an unknown host': http('404 No', '{}', 'Rampart-Exit: 0\r\n'),
  'no exit': http('200 OK', '{}'),
  'two exits': http('200 OK', '{}', 'Rampart-Exit: 0\r\nRampart-Exit: 2\r\n'),
  'another exit': http('200 OK', '{}', 'Rampart-Exit: 1\r\n'),
  'a long exit': http('200 OK', '{}', 'Rampart-Exit: 00\r\n'),
  'a cut answer': SAYS.slice(0, -3),
  'no HTTP': '{"continue":true}',
  'nothing': '',
  'an empty body': http('200 OK', '', 'Rampart-Exit: 0\r\n'),
  'a body that is no answer': http('200 OK', 'ok', 'Rampart-Exit: 0\r\n'),
  'a body that is cut': http('200 OK', '{"decision":', 'Rampart-Exit: 0\r\n'),
}

for (const [what, answer] of Object.entries(NO_ANSWER)) {
  test(
    `${what}: the executable decides about the same event`,
    { skip },
    () =>
      withRaw(answering([], answer), async (bench) => {
        const { dir } = bench
        const words = ['claude-code', '--bin', stand(dir, '{"local":1}'), '--home', '/some/home']
        const socket = join(dir, 'raw')
        const env = {
          BUN_OPTIONS: '--preload /tmp/evil.js',
          BUN_BE_BUN: '1',
          LD_LIBRARY_PATH: '/tmp',
          NODE_OPTIONS: '--no-warnings',
          HOME: '/tmp/evil',
          CLAUDE_PROJECT_DIR: '/w',
        }
        const done = await hook(bench, [...words, '--socket', socket], { env })
        assert.deepEqual(done, { code: 0, signal: null, out: '{"local":1}', err: '' })
        assert.deepEqual(readFileSync(join(dir, 'stdin')), EVENT)
        assert.match(
          textOf(join(dir, 'args'))!,
          /^hook --format claude-code --timeout-ms \d+ --home \/some\/home --socket \/.*raw\n$/,
        )
        const variables = textOf(join(dir, 'env'))!.split('\n')
        const names = variables.map((line) => line.split('=')[0]!)
        // Its own alone: when the runtime is to compile.
        assert.deepEqual(variables.filter((line) => /^(?:BUN|LD|NODE)_/.test(line)).sort(), [
          'BUN_JSC_thresholdForJITAfterWarmUp=10000',
          'BUN_JSC_thresholdForOptimizeAfterWarmUp=100000',
        ])
        assert.ok(names.includes('CLAUDE_PROJECT_DIR'))
        assert.equal(textOf(join(dir, 'env'))!.includes('/tmp/evil'), false)
      }),
  )
}

/** What a host would take for a yes: it is killed, ends badly, says nothing or what nobody can read. */
const ENDS: readonly (readonly [says: string, end: string])[] = [
  ['{"half', 'exit 1'],
  ['{"half', 'exit 101'],
  ['{"half', 'exit 127'],
  ['{}', 'kill -9 $$'],
  ['{}', 'kill -SEGV $$'],
  ['', 'exit 0'],
  ['\n', 'exit 0'],
  ['%% not JSON', 'exit 0'],
  ['{"half', 'exit 0'],
  ['[]', 'exit 0'],
  ['null', 'exit 0'],
  ['{} {}', 'exit 0'],
  ['warning: x\n{}', 'exit 0'],
]

/** In the host's own form with 0 where it lets exit code 2 pass, else by that code with a reason. */
function deniesAs(host: HostName, { code, signal, out, err }: Hooked, what: string): void {
  assert.equal(signal, null)
  const { exitsTwo } = LAST_WORDS[host]
  // Their plugins throw or block at any code but 0.
  if (exitsTwo || host === 'opencode' || host === 'openclaw') {
    assert.deepEqual([code, out], [2, ''], `${host} ${what}`)
    assert.match(err, /^rampart: cannot decide: .+\n$/)
    return
  }
  assert.deepEqual([code, err], [0, ''], `${host} ${what}`)
  const said = JSON.parse(out)
  const reason = said.errorMessage ?? said.reason
  assert.match(reason, /^Rampart cannot decide: /)
  assert.deepEqual(said, LAST_WORDS[host].refuse(reason))
}

test(
  'an end that a host would take for a yes becomes a no',
  { skip },
  () =>
    withRaw(() => {}, async (bench) => {
      const { dir } = bench
      const gone = ['--socket', join(dir, 'gone')]
      for (const [says, end] of ENDS) {
        const bin = ['--bin', stand(dir, says, end)]
        const done = await hook(bench, ['gemini', ...gone, ...bin])
        assert.deepEqual([done.code, done.signal, done.out], [2, null, ''], end)
        assert.match(done.err, /^rampart: cannot decide: .+\n$/)
        for (const host of HOST_NAMES.filter((name) => name !== 'gemini')) {
          deniesAs(host, await hook(bench, [host, ...gone, ...bin]), `${says} ${end}`)
        }
      }
      for (const bin of ['/nonexistent/rampart', '/dev/null', dir, join(dir, 'rampart-shim')]) {
        const done = await hook(bench, ['gemini', ...gone, '--bin', bin])
        assert.deepEqual([done.code, done.signal, done.out], [2, null, ''], bin)
        const form = await hook(bench, ['antigravity', ...gone, '--bin', bin])
        deniesAs('antigravity', form, bin)
      }
      const two = await hook(bench, ['gemini', ...gone, '--bin', stand(dir, '', 'exit 2')])
      assert.deepEqual([two.code, two.out, two.err], [2, '', ''])
      // Where that code denies nothing, it becomes what does.
      const form = await hook(bench, ['cline', ...gone, '--bin', stand(dir, '', 'exit 2')])
      deniesAs('cline', form, 'exit 2')
    }),
)

test(
  'what is late is denied: the server, the executable, the event',
  { skip },
  () =>
    withRaw(() => {}, async (bench) => {
      const { dir } = bench
      const socket = ['--socket', join(dir, 'raw')]
      const late = await hook(
        bench,
        ['codex', ...socket, '--timeout-ms', '400', '--bin', stand(dir, '{"local":1}')],
      )
      // The server never answers; what is left of the time is the executable's, busy as the machine may be.
      assert.ok(late.out === '{"local":1}' ? late.code === 0 : late.code === 2, late.err)
      const hangs = ['--bin', stand(dir, '{}', 'exec sleep 1000')]
      const never = await hook(bench, ['codex', ...socket, '--timeout-ms', '300', ...hangs])
      assert.deepEqual([never.code, never.out], [2, ''])
      const open = await hook(bench, ['codex', ...socket, '--timeout-ms', '300'], { open: true })
      assert.deepEqual([open.code, open.out], [2, ''])
    }),
)

test('an event of more than 8 MiB is the executable’s to refuse; one of 8 MiB is asked about', {
  skip,
}, async () => {
  const seen: Buffer[] = []
  const answer = http('200 OK', '{}', 'Rampart-Exit: 0\r\n')
  await withRaw(answering(seen, answer), async (bench) => {
    const { dir } = bench
    const most = Buffer.alloc(8 << 20, 0x78)
    assert.deepEqual((await hook(bench, ['codex'], { input: most })).out, '{}')
    assert.ok(seen[0]!.subarray(-most.length).equals(most))
    const bin = ['--bin', stand(dir, '{"large":1}')]
    const more = await hook(bench, ['codex', ...bin], { input: Buffer.concat([most, most]) })
    assert.equal(more.out, '{"large":1}')
    assert.ok(readFileSync(join(dir, 'stdin')).length > most.length)
    assert.equal(seen.length, 1)
  })
})

test('words that nobody can read are no hook, and never end as one would that allows', {
  skip,
}, () =>
  withRaw(() => {}, async (bench) => {
    for (
      const words of [
        [],
        ['../x'],
        ['Codex'],
        ['codex', '--timeout-ms', '0'],
        ['codex', '--timeout-ms', 'x'],
        ['codex', '--timeout-ms'],
        ['codex', '--socket', 'relative'],
        ['codex', '--else', '/x'],
      ]
    ) {
      const done = await hook(bench, words)
      assert.deepEqual([done.code, done.out], [2, ''], words.join(' '))
    }
    // Under the name of a shell `hook` is a script's.
    const { dir, shell } = bench
    writeFileSync(join(dir, 'rampart.env'), 'RAMPART_SOCKET=/nonexistent\n', { mode: 0o600 })
    writeFileSync(join(dir, 'hook'), `echo ran > ${dir}/ran\n`)
    await shell('bash', ['hook'], { cwd: dir })
    assert.equal(existsSync(join(dir, 'ran')), true)
  }))
