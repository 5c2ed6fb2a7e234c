import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inHome, ownRuntime, runProgram, startServer } from './server.ts'
import { cannotWrap, hasTool, PATIENT, policyFile } from './wrapped.ts'

const why = cannotWrap()
const skip = why ?? false
const ROOT = fileURLToPath(new URL('../..', import.meta.url))

test(
  'wrap: descriptors that the line names reach the program',
  { skip },
  () =>
    inHome(async (home) => {
      const server = await startServer(ownRuntime(), home, { args: ['--policy', policyFile(home)] })
      const place = dirname(home)
      writeFileSync(join(place, 'seven'), 'of seven\n')
      const outer = 'exec "$@" 7<seven 8>eight'
      const wrap = [...ownRuntime(), 'wrap', '--quiet', '--']
      const line = 'cat <&7; echo to eight >&8'
      const words = ['sh', '-c', outer, 'sh', ...wrap, 'bash', '-c', line]
      const done = await runProgram(words, { home, cwd: place, env: PATIENT })
      assert.deepEqual(done, { code: 0, out: 'of seven\n', err: '' })
      const read = await runProgram(['cat', 'eight'], { home, cwd: place, env: {} })
      assert.equal(read.out, 'to eight\n')
      await server.end()
    }),
)

test(
  'preload: RAMPART_PRELOAD asks for files and hosts as the flags do',
  { skip },
  () =>
    inHome(async (home) => {
      const server = await startServer(ownRuntime(), home, { args: ['--policy', policyFile(home)] })
      const told = async (asked: string, ...flags: string[]) => {
        const words = [
          ...ownRuntime(),
          'preload',
          '--quiet',
          ...flags,
          '--',
          'printenv',
          'RAMPART_PRELOAD',
        ]
        const env = { ...PATIENT, RAMPART_PRELOAD: asked }
        return (await runProgram(words, { home, cwd: dirname(home), env })).out.trim()
      }
      assert.equal(await told('exec,file,net'), 'exec,file,net')
      assert.equal(await told('file', '--net'), 'exec,file,net')
      assert.equal(await told('', '--files'), 'exec,file')
      assert.equal(await told('none'), 'exec')
      await server.end()
    }),
)

test('wrap: what npm runs because of an installation is asked about', {
  skip: why ?? (hasTool('npm') ? false : 'no npm here'),
}, () =>
  inHome(async (home) => {
    const server = await startServer(ownRuntime(), home, { args: ['--policy', policyFile(home)] })
    const place = dirname(home)
    const write = (name: string, scripts: Record<string, string>, more = {}) => {
      mkdirSync(join(place, name), { recursive: true })
      const text = JSON.stringify({ name, version: '1.0.0', scripts, ...more })
      writeFileSync(join(place, name, 'package.json'), text)
    }
    const wrap = [...ownRuntime(), 'wrap', '--quiet', '--', 'npm']
    const npm = (...words: string[]) =>
      runProgram([...wrap, ...words, '--offline', '--no-audit', '--no-fund'], {
        home,
        cwd: join(place, 'app'),
        env: {
          ...PATIENT,
          npm_config_update_notifier: 'false',
          npm_config_ignore_scripts: 'false',
        },
      })
    write('app', {
      preinstall: 'echo first > first && node -e "process.exit(0)"',
      build: 'echo bui"l"t',
      postinstall: 'touch second; echo forbidden > third',
    })
    const installed = await npm('install')
    assert.notEqual(installed.code, 0)
    assert.match(installed.err, /^rampart: blocked: That word is not said here \(words\)$/m)
    const made = ['first', 'second', 'third'].filter((name) => existsSync(join(place, 'app', name)))
    assert.deepEqual(made, ['first'])
    const built = await npm('run', 'build')
    assert.deepEqual([built.code, /^built$/m.test(built.out)], [0, true], built.err)
    await server.end()
  }))

test('wrap on a machine without a C compiler: the shells in sh ask, and say that they are alone', {
  skip,
}, () =>
  inHome(async (home) => {
    const place = dirname(home)
    const bare = join(place, 'bare')
    mkdirSync(bare)
    // What is installed there: no sources in C, and nothing that was built from them.
    cpSync(join(ROOT, 'src'), join(bare, 'src'), { recursive: true })
    cpSync(join(ROOT, 'package.json'), join(bare, 'package.json'))
    for (const name of ['node_modules', 'policies', 'deno.json', 'openapi']) {
      symlinkSync(join(ROOT, name), join(bare, name))
    }
    const words = ownRuntime()
    const own = [...words.slice(0, -1), join(bare, 'src', 'cli.ts')]
    const server = await startServer(own, home, { args: ['--policy', policyFile(home)] })
    const run = (line: string, input?: string) =>
      runProgram([...own, 'wrap', '--quiet', '--', ...line.split('\n')], {
        home,
        cwd: place,
        env: PATIENT,
        ...(input === undefined ? {} : { input }),
      })
    const said = await run('bash\n-c\necho "$1"; exit 4\nx\na b')
    assert.deepEqual([said.code, said.out], [4, 'a b\n'], said.err)
    assert.match(said.err, /^rampart: the shells alone are asked about: .+ no librampart\.so/m)
    const denied = await run('bash\n-c\necho forbidden > marker')
    assert.equal(denied.code, 126)
    assert.match(denied.err, /^rampart: blocked: That word is not said here \(words\)$/m)
    assert.equal(existsSync(join(place, 'marker')), false)
    const inner = await run(
      `bash\n-c\nread word; sh -c "echo $word > marker"; exit $?`,
      'forbidden\n',
    )
    assert.deepEqual([inner.code, existsSync(join(place, 'marker'))], [126, false], inner.err)
    await server.end()
  }))
