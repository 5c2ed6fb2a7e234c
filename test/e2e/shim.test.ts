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

/** Events of the trail of this home. */
function trail(
  home: string,
): { kind: string; via: string; enforced: boolean; decision: { action: string } }[] {
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
    assert.deepEqual([JSON.parse(denied.out).allowed, JSON.parse(denied.out).policy], [
      false,
      'block-destructive',
    ])
    const allowed = await shim(home, ['decide'], question('git status'))
    assert.equal(JSON.parse(allowed.out).allowed, true)
    const seen = trail(home).map(({ via, enforced, decision }) => [via, enforced, decision.action])
    assert.deepEqual(seen.slice(0, 2), [['local', true, 'deny'], ['local', true, 'allow']])
    const unreadable = await shim(home, ['decide'], '{')
    assert.deepEqual([unreadable.code, JSON.parse(unreadable.out).allowed], [0, false])
  }))

test('shim -- SHELL: judged, then run with its arguments, input and exit code', {
  skip: process.platform === 'win32',
}, () =>
  inHome(async (home) => {
    const ran = await shim(home, ['--', 'bash', '-c', 'printf "%s|" "$0" "$@"; exit 5', 'z', 'a b'])
    assert.deepEqual([ran.code, ran.out], [5, 'z|a b|'])
    const mark = join(home, '..', 'mark')
    const denied = await shim(home, ['--', 'bash', '-lc', `touch ${mark}; rm -rf /`])
    assert.deepEqual([denied.code, denied.out, existsSync(mark)], [126, '', false])
    assert.match(denied.err, /^rampart: blocked: .* \(block-destructive\)$/m)
    assert.equal(
      (await shim(home, ['--', 'sh', '-s', 'x'], 'echo "in $1"; exit 3\n')).out,
      'in x\n',
    )
    const script = await shim(home, ['--', 'bash'], `touch ${mark}\nrm -rf /\n`)
    assert.deepEqual([script.code, existsSync(mark)], [126, false])
    assert.equal((await shim(home, ['--', 'bash', '-c', 'kill -9 $$'])).code, 137)
    assert.equal((await shim(home, ['--', 'python3', '-c', '1'])).code, 3)
  }))

test('shim ask: 0, 126, and 100 where the script has to be shown', {
  skip: process.platform === 'win32',
}, () =>
  inHome(async (home) => {
    const script = join(home, '..', 'script')
    writeFileSync(script, 'rm -rf /\n')
    const code = async (...args: string[]) => (await shim(home, ['ask', ...args])).code
    assert.equal(await code('--', 'bash', '-c', 'true'), 0)
    assert.equal(await code('--', 'bash', '-oc', 'pipefail', 'rm -rf /'), 126)
    assert.equal(await code('--', 'bash', '-s', 'x'), 100)
    assert.equal(await code('--script', script, '--', 'bash', '-s', 'x'), 126)
    assert.equal(await code('--script', '/dev/null', '--', 'bash'), 0)
  }))

const versions = process.versions as Record<string, string | undefined>
const once = versions.bun === undefined && versions.deno === undefined &&
  process.platform !== 'win32'

test(
  'shim sh: short, clean, and does the same',
  { skip: once ? false : 'run on Node' },
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
      const run = (args: readonly string[], input = '', env: Record<string, string> = {}) =>
        runProgram([bash, ...args], {
          home: '/nonexistent',
          input,
          env: { HOME: '/nonexistent', ...env },
        })
      const mark = join(home, '..', 'mark')
      const ran = await run(['-c', 'printf "%s|" "$@"; exit 5', 'zero', 'a b', '*'])
      assert.deepEqual([ran.code, ran.out], [5, 'a b|*|'])
      for (const args of [['-lc'], ['-o', 'pipefail', '-c'], ['-oc', 'pipefail']]) {
        const denied = await run([...args, `touch ${mark}; rm -rf /`])
        assert.deepEqual([denied.code, existsSync(mark)], [126, false], args.join(' '))
      }
      assert.equal(
        (await run(['-s', 'q r'], 'read x\nline\necho "$x $1"; exit 3\n')).out,
        'line q r\n',
      )
      assert.equal((await run([], `touch ${mark}\nrm -rf /\n`)).code, 126)
      // Nothing of the environment that would run, or that leads elsewhere, is left.
      const hostile = {
        BASH_ENV: '/nonexistent/x',
        'BASH_FUNC_ls%%': `() { touch ${mark}; }`,
        RAMPART_SOCKET: '/x',
        RAMPART_HOME: '/x',
      }
      assert.equal((await run(['-c', 'ls / >/dev/null; rm -rf / || true'], '', hostile)).code, 126)
      assert.equal((await run(['-c', 'ls / >/dev/null'], '', hostile)).code, 0)
      assert.equal(existsSync(mark), false)
    }),
)
