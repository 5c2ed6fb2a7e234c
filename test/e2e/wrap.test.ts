import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { inHome, startServer, until } from './server.ts'
import { get, ownRuntime, post } from './server.ts'
import { cannotWrap, hasTool, policyFile, rampartRun } from './wrapped.ts'

/**
 * How a line reaches a shell or a program, as a wrapped agent's script writes it; $P holds the line. The second
 * word says who sees it: the shims alone, or only the library.
 */
const WAYS: readonly (readonly [seen: 'shim' | 'library', way: string, needs?: string])[] = [
  ['shim', 'bash -c "$P"', 'bash'],
  ['shim', 'bash -lc "$P"', 'bash'],
  ['shim', 'bash -ec "$P"', 'bash'],
  ['shim', 'bash -o pipefail -c "$P"', 'bash'],
  ['shim', 'bash --norc -c "$P"', 'bash'],
  ['shim', 'env bash -c "$P"', 'bash'],
  ['shim', 'env -u RAMPART_SOCKET -u RAMPART_HOME bash -c "$P"', 'bash'],
  ['shim', 'env -u LD_PRELOAD bash -c "$P"', 'bash'],
  ['shim', 'env http_proxy=http://127.0.0.1:9 HTTPS_PROXY=http://127.0.0.1:9 bash -c "$P"', 'bash'],
  ['shim', 'sh -c "$P"'],
  ['shim', '"$SHELL" -c "$P"'],
  ['shim', '"$CLAUDE_CODE_SHELL" -c "$P"', 'bash'],
  ['shim', 'printf "%s\\n" "$P" | bash', 'bash'],
  ['shim', 'printf "%s\\n" "$P" > s.sh; bash s.sh', 'bash'],
  ['shim', 'printf "#!/usr/bin/env bash\\n%s\\n" "$P" > e.sh; chmod +x e.sh; ./e.sh', 'bash'],
  ['library', '/bin/sh -c "$P"'],
  ['library', 'env -i P="$P" sh -c "$P"'],
  ['library', 'env -i /bin/sh -c "$P"'],
  ['library', 'eval "$P"'],
  [
    'library',
    'python3 -c "import os,subprocess; subprocess.run(os.environ[\'P\'].split())"',
    'python3',
  ],
  ['library', 'python3 -c "import os; os.system(os.environ[\'P\'])"', 'python3'],
  ['library', 'perl -e \'system(split(" ", $ENV{P}))\'', 'perl'],
]

/** Runs each way with a mark of its own, so that one wrap does for all. */
function agentScript(dir: string): string {
  const lines = WAYS.filter(([, , needs]) => needs === undefined || hasTool(needs)).map(
    ([, way]) => {
      const n = WAYS.findIndex((row) => row[1] === way)
      return `export P="touch $DIR/${n}-$WORD"\n{ ${way}\n} 2>>"$DIR/said"\n`
    },
  )
  const file = join(dir, 'agent.sh')
  writeFileSync(file, `WORD=$(cat "$DIR/word")\ncd "$DIR" || exit 9\n${lines.join('')}exit 7\n`)
  return file
}

/** No path has the word in it. */
const placeOf = (word: string) => `place-${word.length}`

const why = cannotWrap()

for (const flags of [[], ['--no-preload']] as const) {
  test(`wrap ${flags.join(' ')}: whichever way a line takes, what is denied leaves no mark`, {
    skip: why ?? false,
  }, () =>
    inHome(async (home) => {
      const server = await startServer(ownRuntime(), home, { args: ['--policy', policyFile(home)] })
      const marks = (word: string) =>
        WAYS.filter((_, n) => existsSync(join(dirname(home), placeOf(word), `${n}-${word}`))).map((
          [, way],
        ) => way)
      for (const word of ['harmless', 'forbidden']) {
        const dir = join(dirname(home), placeOf(word))
        mkdirSync(dir)
        writeFileSync(join(dir, 'word'), word)
        const command = ['wrap', ...flags, '--', '/bin/sh', agentScript(dir)]
        const { code, err } = await rampartRun(home, command, { env: { DIR: dir } })
        assert.equal(code, 7, err)
        assert.match(err, /^rampart: \d+ evaluated, \d+ denied, 0 asked, 0 logged$/m)
      }
      const possible = WAYS.filter(([, , needs]) => needs === undefined || hasTool(needs))
      assert.deepEqual(marks('harmless'), possible.map(([, way]) => way))
      // The library alone sees the others; without it they pass by, as the page says.
      const passed = flags.length === 0 ? [] : possible.filter(([seen]) => seen === 'library')
      assert.deepEqual(marks('forbidden'), passed.map(([, way]) => way))
      const said = readFileSync(join(dirname(home), placeOf('forbidden'), 'said'), 'utf8')
      assert.match(said, /^rampart: blocked: That word is not said here \(words\)$/m)
      await server.end()
    }))
}

test('wrap: arguments arrive as they were, and so do exit codes, input and output', {
  skip: why ?? false,
}, () =>
  inHome(async (home) => {
    const server = await startServer(ownRuntime(), home, { args: ['--policy', policyFile(home)] })
    const run = (...words: string[]) =>
      rampartRun(home, ['wrap', '--quiet', '--', ...words], { input: 'in put\n' })
    const say = 'printf "%s|" "$@"'
    assert.deepEqual(await run('sh', '-c', say, 'x', 'a b', '', '*', 'c'), {
      code: 0,
      out: 'a b||*|c|',
      err: '',
    })
    const again = `"$SHELL" -c '${say}' x "$@"`
    assert.deepEqual(await run('sh', '-c', again, 'x', 'a b', "c'd"), {
      code: 0,
      out: "a b|c'd|",
      err: '',
    })
    assert.deepEqual(await run('cat'), { code: 0, out: 'in put\n', err: '' })
    assert.deepEqual(await run('sh', '-c', 'cat; echo e >&2; exit 42'), {
      code: 42,
      out: 'in put\n',
      err: 'e\n',
    })
    assert.equal((await run('sh', '-c', 'kill -9 $$')).code, 137)
    const umask = process.umask(0o027)
    const said = await run('sh', '-c', 'umask').finally(() => process.umask(umask))
    assert.match(said.out, /^0*27$/m)
    assert.equal((await run('sh', '-c', 'kill -TERM $$')).code, 143)
    assert.deepEqual(await run('no-such-program'), {
      code: 127,
      out: '',
      err: 'rampart: no-such-program: no such program on the PATH\n',
    })
    assert.equal((await run(join(home, 'config'))).code, 127)
    assert.equal((await run(dirname(home))).code, 126)
    const plain = join(dirname(home), 'plain')
    writeFileSync(plain, 'echo plain "$1"\n', { mode: 0o755 })
    assert.deepEqual(await run(plain, 'a b'), { code: 0, out: 'plain a b\n', err: '' })
    await server.end()
  }))

test('wrap: the first program is asked about before it starts, and a person may let it', {
  skip: why ?? false,
}, () =>
  inHome(async (home) => {
    const server = await startServer(ownRuntime(), home, { args: ['--policy', policyFile(home)] })
    const mark = join(dirname(home), 'mark')
    for (
      const words of [['touch', `${mark}-forbidden`], ['sh', '-c', `touch ${mark}; echo forbidden`]]
    ) {
      const { code, out, err } = await rampartRun(home, ['wrap', '--', ...words])
      assert.deepEqual({ code, out }, { code: 126, out: '' })
      assert.equal(err, 'rampart: blocked: That word is not said here (words)\n')
    }
    assert.equal(existsSync(mark) || existsSync(`${mark}-forbidden`), false)
    const waiting = rampartRun(home, ['wrap', '--', 'touch', `${mark}-asked-for`])
    const id = await until(async () => {
      const { body } = await get(server, '/v1/approvals?status=pending')
      return (body['approvals'] as { id: string }[])[0]?.id
    })
    assert.equal(existsSync(`${mark}-asked-for`), false)
    await post(server, `/v1/approvals/${id}/resolve`, { approved: true, resolved_by: 'me' })
    const { code, err } = await waiting
    assert.equal(code, 0, err)
    assert.equal(existsSync(`${mark}-asked-for`), true)
    await server.end()
  }))
