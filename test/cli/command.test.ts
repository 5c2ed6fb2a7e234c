import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { helpOf } from '../../src/cli/help.ts'
import { TABLE } from '../../src/cli/table.ts'
import manifest from '../../package.json' with { type: 'json' }
import { rampart } from './run.ts'

test('version prints the version of package.json, and JSON where it is asked for', async () => {
  const { version } = manifest
  assert.deepEqual(await rampart(['version']), { code: 0, out: `rampart ${version}\n`, err: '' })
  const json = await rampart(['version', '--json'])
  assert.equal(JSON.parse(json.out).version, version)
})

test('no argument and --help show every command', async () => {
  const bare = await rampart([])
  assert.equal(bare.code, 0)
  assert.equal((await rampart(['--help'])).out, bare.out)
  for (const { name } of TABLE) assert.ok(bare.out.includes(`  ${name} `), name)
})

test('every command has help with an example that is itself, and loads', async () => {
  for (const command of TABLE) {
    const { code, out } = await rampart([...command.name.split(' '), '--help'])
    assert.equal(code, 0)
    assert.equal(out, helpOf(command))
    assert.ok(command.example.includes(`rampart ${command.name}`), command.name)
    assert.equal(typeof (await command.load()).run, 'function')
  }
})

test('help for a group lists its commands and no others', async () => {
  for (const word of ['--help', '-h']) {
    const { code, out } = await rampart(['policy', word])
    assert.equal(code, 0)
    assert.deepEqual(
      [...out.matchAll(/^ {2}(\S+ \S+)/gm)].map(([, name]) => name),
      TABLE.map(({ name }) => name).filter((name) => name.startsWith('policy ')),
    )
  }
})

const WRONG: readonly (readonly [readonly string[], RegExp])[] = [
  [['verson'], /Unknown command "verson": did you mean "version"\?/],
  [['frobnicate'], /Unknown command "frobnicate"\n/],
  [['config'], /"config" needs one of: show, lint/],
  [['config', 'shwo'], /did you mean "config show"\?/],
  [['version', '--jsn'], /Unknown flag "--jsn" of "rampart version": did you mean "--json"\?/],
  [['version', 'now'], /does not take "now"/],
  [['completion'], /needs bash\|zsh\|fish/],
  [['completion', 'tcsh'], /Unknown shell "tcsh": one of bash, zsh, fish/],
  [['version', '--home'], /--home needs a value: DIR/],
  [['version', '--json=yes'], /--json takes no value/],
  [['version', '--home', 'a', '--home', 'b'], /--home is given twice/],
  [['\x1b[31mred'], /\\u\{1b\}\[31mred/],
]

for (const [argv, message] of WRONG) {
  test(`a wrong command line exits 3 and says what was meant: ${JSON.stringify(argv)}`, async () => {
    const { code, out, err } = await rampart(argv)
    assert.equal(code, 3)
    assert.equal(out, '')
    assert.match(err, message)
    assert.ok(!err.includes('\x1b'))
  })
}

test('with --json a failure is a problem document', async () => {
  const { code, out } = await rampart(['version', 'now', '--json'])
  assert.equal(code, 3)
  assert.equal(JSON.parse(out).code, 'usage')
})

test('completion offers every command and flag', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = await rampart(['completion', shell])
    assert.equal(code, 0)
    for (const { name, flags } of TABLE) {
      for (const word of [...name.split(' '), ...flags.map((flag) => flag.name)]) {
        assert.ok(out.includes(word), `${shell}: ${word}`)
      }
    }
  }
})

test('completion: bash takes the script and completes with it', async (t) => {
  if (!existsSync('/bin/bash')) return t.skip('no bash here')
  const { spawnSync } = await import('node:child_process')
  const { out } = await rampart(['completion', 'bash'])
  const ask = (words: string) => {
    const list = words.split(' ').map((word) => `'${word}'`).join(' ')
    const script = `${out}\nCOMP_WORDS=(rampart ${list}); COMP_CWORD=${words.split(' ').length}
_rampart; printf '%s\\n' "\${COMPREPLY[@]}"`
    return spawnSync('/bin/bash', ['-c', script], { encoding: 'utf8' }).stdout.trim().split('\n')
  }
  assert.deepEqual(ask('vers'), ['version'])
  assert.deepEqual(ask('config sh'), ['show'])
  assert.deepEqual(ask('config show --js'), ['--json'])
})
