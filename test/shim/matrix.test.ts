import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ALLOW, type Bench, DENY, has, run, textOf, whyNot, withShim } from './bench.ts'

const skip = whyNot()

/** One way to have a shell run `touch MARK`; each must ask, and leave nothing when it is denied. */
interface Row {
  readonly name: string
  readonly needs?: string
  readonly launch: (bench: Bench, mark: string) => ReturnType<typeof run>
}

const shell = (name: string, ...args: string[]): Row => ({
  name: [name, ...args].join(' '),
  needs: name,
  launch: (bench, mark) =>
    bench.shell(name, args.map((word) => word.replace('CMD', `touch ${mark}`))),
})
const outside = (
  name: string,
  program: string,
  args: (mark: string) => string[],
  needs?: string,
): Row => ({
  name,
  ...(needs === undefined ? {} : { needs }),
  launch: (bench, mark) =>
    run(program, args(mark), {
      env: { PATH: `${bench.dir}:/usr/bin:/bin`, SHELL: join(bench.dir, 'bash') },
    }),
})

/** Every row of what the peer's shim let through or broke, and the rest of what shells take. */
const ROWS: readonly Row[] = [
  shell('bash', '-c', 'CMD'),
  shell('bash', '-lc', 'CMD'),
  shell('bash', '-ec', 'CMD'),
  shell('bash', '-ic', 'CMD'),
  shell('bash', '-o', 'pipefail', '-c', 'CMD'),
  shell('bash', '-euo', 'pipefail', '-c', 'CMD'),
  shell('bash', '-o', 'errexit', '-c', 'CMD'),
  shell('bash', '-c', '-e', 'CMD'),
  shell('bash', '-c', '--', 'CMD'),
  shell('bash', '-ce', 'CMD', 'a b', 'c'),
  shell('bash', '-cl', 'CMD'),
  shell('bash', '-oc', 'pipefail', 'CMD'),
  shell('bash', '+c', 'CMD'),
  shell('bash', '--norc', '-c', 'CMD'),
  shell('bash', '-norc', '-noprofile', '-c', 'CMD'),
  shell('bash', '-rcfile', '/dev/null', '-c', 'CMD'),
  shell('bash', '-O', 'extglob', '+O', 'nullglob', '-c', 'CMD'),
  shell('bash', '-c', '"$@"', 'sh', 'sh', '-c', 'CMD'),
  shell('sh', '-c', 'CMD'),
  shell('sh', '-ec', 'CMD'),
  shell('dash', '-c', '-u', 'CMD'),
  shell('dash', '-o', 'nounset', '-c', 'CMD'),
  shell('zsh', '-c', 'CMD'),
  shell('zsh', '-fc', 'CMD'),
  shell('zsh', '-oerrexit', '-c', 'CMD'),
  shell('zsh', '--emulate', 'sh', '-c', 'CMD'),
  shell('zsh', '--no-rcs', '+x', '-c', 'CMD'),
  outside('env bash -c CMD', '/usr/bin/env', (mark) => ['bash', '-c', `touch ${mark}`]),
  outside('env -u RAMPART_SOCKET -u RAMPART_ACTIVE bash -c CMD', '/usr/bin/env', (mark) => [
    '-u',
    'RAMPART_SOCKET',
    '-u',
    'RAMPART_ACTIVE',
    'bash',
    '-c',
    `touch ${mark}`,
  ]),
  outside(
    '$SHELL -c "a b c"',
    '/bin/sh',
    (mark) => ['-c', `"$SHELL" -c "echo a b; touch ${mark}"`],
  ),
  outside('echo CMD | bash', '/bin/sh', (mark) => ['-c', `echo touch ${mark} | bash`]),
  outside('bash -s A < FILE', '/bin/sh', (mark) => ['-c', `bash -s A <<'E'\ntouch ${mark}\nE`]),
  outside('bash <(echo CMD)', '/bin/bash', (mark) => ['-c', `bash <(echo touch ${mark})`]),
  outside('bash /dev/stdin', '/bin/sh', (mark) => ['-c', `echo touch ${mark} | bash /dev/stdin`]),
  outside('python subprocess', 'python3', (mark) => [
    '-c',
    `import subprocess; subprocess.run(["bash", "-c", "touch ${mark}"])`,
  ], 'python3'),
]

for (const { name, needs, launch } of ROWS) {
  const missing = needs !== undefined && !has(needs) ? `${needs} is not installed` : undefined
  test(`denied, nothing is left behind: ${name}`, { skip: skip ?? missing ?? false }, async () => {
    let answer: unknown = DENY
    await withShim(() => answer, async (bench) => {
      const mark = join(bench.dir, 'mark')
      const denied = await launch(bench, mark)
      assert.ok(bench.asked.length >= 1, 'nobody was asked')
      assert.match(JSON.stringify(bench.asked), /touch /)
      assert.equal(textOf(mark), undefined)
      assert.match(denied.err, /^rampart: blocked: Not here \(no-shells\)$/m)
      answer = ALLOW
      await launch(bench, mark)
      assert.equal(textOf(mark), '', 'allowed, it runs')
    })
  })
}

test(
  'a script file is asked about by its path and its arguments, whole',
  { skip },
  () =>
    withShim(() => ALLOW, async ({ dir, shell, asked }) => {
      const script = join(dir, 's.sh')
      writeFileSync(script, `#!/usr/bin/env bash\nprintf '<%s>' "$0" "$@"\n`, { mode: 0o755 })
      const ran = await run(script, ['a b', 'c'], { env: { PATH: `${dir}:/usr/bin:/bin` } })
      assert.equal(ran.out, `<${script}><a b><c>`)
      assert.deepEqual(asked[0]?.body.params.argv, ['bash', '--', script, 'a b', 'c'])
      const plain = await shell('bash', ['-e', 's.sh', '--help', '-c'], { cwd: dir })
      assert.equal(plain.out, '<s.sh><--help><-c>')
      assert.deepEqual(asked[1]?.body.params.argv, ['bash', '--', 's.sh', '--help', '-c'])
    }),
)

test(
  'arguments behind a line are asked about with it',
  { skip },
  () =>
    withShim(() => ALLOW, async ({ shell, asked }) => {
      await shell('bash', ['-ec', 'echo "$1"', 'zero', 'a b'])
      assert.deepEqual(asked[0]?.body.params, {
        argv: ['bash', '-c', 'echo "$1"', 'zero', 'a b'],
        shell: 'bash',
      })
      await shell('bash', ['-c', 'echo é'])
      assert.deepEqual(asked[1]?.body.params, { command: 'echo é', shell: 'bash' })
    }),
)

test(
  'the request says who, where and which process',
  { skip },
  () =>
    withShim(() => ALLOW, async ({ shell, asked, dir, settings }) => {
      settings({ RAMPART_AGENT: 'coder "x"', RAMPART_SESSION: 's1', RAMPART_RUN: 'r1' })
      const ran = await shell('sh', ['-c', 'echo $$ $PPID'], { cwd: dir })
      const [pid, parent] = ran.out.trim().split(' ').map(Number)
      const { params: _params, parents, ...rest } = asked[0]!.body
      assert.deepEqual(rest, {
        agent: 'coder "x"',
        session: 's1',
        run_id: 'r1',
        cwd: dir,
        enforce: true,
        layer: 'shim',
        pid,
      })
      assert.equal(parents[0], parent)
      assert.ok(parents.length > 1)
    }),
)

test('bytes that are no UTF-8 travel as base64', {
  skip: skip ?? (has('python3') ? false : 'python3'),
}, () =>
  withShim(() => ALLOW, async ({ dir, asked }) => {
    const code = `import os; os.execv(b"${join(dir, 'bash')}", [b"bash", b"-c", b"printf '\\xff'"])`
    const ran = await run('python3', ['-c', code])
    assert.equal(ran.out, '\xff')
    const { command_b64, ...rest } = asked[0]!.body.params
    assert.equal(Buffer.from(command_b64, 'base64').toString('latin1'), "printf '\xff'")
    assert.deepEqual(rest, { shell: 'bash' })
  }))
