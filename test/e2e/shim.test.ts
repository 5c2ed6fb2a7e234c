import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { inHome, ownRuntime, type Ran, runProgram } from './server.ts'

const shim = (home: string, args: readonly string[], input?: string): Promise<Ran> =>
  runProgram([...ownRuntime(), 'shim', ...args], { home, input: input ?? '' })

const question = (command: string) =>
  JSON.stringify({
    agent: 'a',
    session: 's',
    enforce: true,
    layer: 'shim',
    pid: 7,
    params: { command },
  })

/** Decisions in the trail of this home. */
function trail(home: string): { via: string; enforced: boolean; decision: { action: string } }[] {
  const dir = join(home, 'audit')
  return readdirSync(dir).filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === 'decision')
}

test('shim decide: enforced and recorded as local, and whatever fails is an answer that denies', () =>
  inHome(async (home) => {
    const denied = await shim(home, ['decide', '--layer', 'shim', '--stdin'], question('rm -rf /'))
    assert.equal(denied.code, 0, denied.err)
    const { allowed, policy } = JSON.parse(denied.out)
    assert.deepEqual([allowed, policy], [false, 'block-destructive'])
    const seen = trail(home).map(({ via, enforced, decision }) => [via, enforced, decision.action])
    assert.deepEqual(seen, [['local', true, 'deny']])
    const unreadable = await shim(home, ['decide'], '{')
    assert.deepEqual([unreadable.code, JSON.parse(unreadable.out).allowed], [0, false])
  }))

const here = process.platform === 'win32' ? 'there are no such shells' : false

test(
  'shim -- SHELL: judged, then run with its arguments and exit code',
  { skip: here },
  () =>
    inHome(async (home) => {
      const mark = join(home, '..', 'mark')
      const [ran, denied, script, killed] = await Promise.all([
        shim(home, ['--', 'bash', '-c', 'printf "%s|" "$0" "$@"; exit 5', 'z', 'a b']),
        shim(home, ['--', 'bash', '-lc', `touch ${mark}; rm -rf /`]),
        shim(home, ['--', 'bash', '-s', 'x'], `touch ${mark}\nrm -rf /\n`),
        shim(home, ['--', 'sh', '-c', 'kill -9 $$']),
      ])
      assert.deepEqual([ran.code, ran.out], [5, 'z|a b|'])
      assert.deepEqual([denied.code, denied.out, script.code, killed.code], [126, '', 126, 137])
      assert.match(denied.err, /^rampart: blocked: .* \(block-destructive\)$/m)
      assert.equal(existsSync(mark), false)
    }),
)

test(
  'shim ask: 126, and 100 where the script has to be shown',
  { skip: here },
  () =>
    inHome(async (home) => {
      const script = join(home, '..', 'script')
      writeFileSync(script, 'rm -rf /\n')
      const ask = async (...args: string[]) => (await shim(home, ['ask', ...args])).code
      const codes = await Promise.all([
        ask('--', 'bash', '-oc', 'pipefail', 'rm -rf /'),
        ask('--', 'bash', '-s', 'x'),
        ask('--script', script, '--', 'bash', '-s', 'x'),
      ])
      assert.deepEqual(codes, [126, 100, 126])
    }),
)

const versions = process.versions as Record<string, string | undefined>
const other = versions.bun !== undefined || versions.deno !== undefined

test(
  'shim sh: short, clean, and does the same',
  { skip: other ? 'run on Node' : here },
  () =>
    inHome(async (home) => {
      const bin = join(home, '..', 'bin')
      mkdirSync(bin)
      const { out } = await shim(home, ['sh'])
      assert.ok(out.split('\n').length <= 60)
      const bash = join(bin, 'bash')
      writeFileSync(bash, out)
      chmodSync(bash, 0o755)
      const checked = spawnSync('shellcheck', [bash], { encoding: 'utf8' })
      assert.ok(checked.error !== undefined || checked.status === 0, checked.stdout)
      const mark = join(home, '..', 'mark')
      // Nothing of the environment that would run, or that leads elsewhere, is left.
      const hostile = {
        BASH_ENV: '/nonexistent/x',
        'BASH_FUNC_ls%%': `() { touch ${mark}; }`,
        RAMPART_SOCKET: '/x',
        RAMPART_HOME: '/x',
      }
      const run = (args: readonly string[], input = '') =>
        runProgram([bash, ...args], {
          home: '/nonexistent',
          input,
          env: { HOME: '/nonexistent', ...hostile },
        })
      const [ran, denied, fed, shown] = await Promise.all([
        run(['-c', 'ls / >/dev/null; printf "%s|" "$@"; exit 5', 'zero', 'a b', '*']),
        run(['-oc', 'pipefail', `touch ${mark}; rm -rf /`]),
        run(['-s', 'q r'], 'read x\nline\necho "$x $1"; exit 3\n'),
        run([], `touch ${mark}\nrm -rf /\n`),
      ])
      assert.deepEqual([ran.code, ran.out], [5, 'a b|*|'])
      assert.deepEqual([fed.code, fed.out], [3, 'line q r\n'])
      assert.deepEqual([denied.code, shown.code, existsSync(mark)], [126, 126, false])
    }),
)
