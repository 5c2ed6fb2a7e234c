import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { HOSTS } from '../../src/setup/hosts.ts'
import { hookCall, isOurs, wordsOf } from '../../src/setup/command-line.ts'
import { withPerson } from './helpers.ts'

const NAMES = HOSTS.map(({ name }) => name)

/** Every file below a directory with what it says; directories as such. */
function treeOf(dir: string, below = ''): Record<string, string> {
  return Object.assign(
    {},
    ...readdirSync(join(dir, below), { withFileTypes: true }).map((entry) => {
      const path = join(below, entry.name)
      if (path === '.rampart') return {}
      if (entry.isDirectory()) return { [`${path}/`]: '', ...treeOf(dir, path) }
      const { mode } = lstatSync(join(dir, path))
      return { [path]: `${mode.toString(8)} ${readFileSync(join(dir, path), 'base64')}` }
    }),
  )
}

for (const name of ['home', "it's a $HOME; `x`", 'two  blanks "q"']) {
  test(`setup, then remove, leaves a home as it was: ${name}`, async () => {
    await withPerson(async ({ home, put, rampart }) => {
      put('.claude/settings.json', '\uFEFF{\r\n\t"model": "x", // why\r\n}')
      put('.gemini/settings.json', '{"theme":"dark"}')
      put('.cursor/hooks.json', '{}\n')
      chmodSync(join(home, '.claude/settings.json'), 0o640)
      const before = treeOf(home)
      const set = await rampart('setup', ...NAMES)
      assert.equal(set.code, 0, set.err)
      assert.equal((await rampart('setup', '--check', ...NAMES)).code, 0)
      const after = treeOf(home)
      assert.notDeepEqual(after, before)
      assert.equal((await rampart('setup', ...NAMES)).code, 0)
      assert.deepEqual(treeOf(home), after, 'a second setup changes nothing')
      assert.equal((await rampart('setup', '--remove', ...NAMES)).code, 0)
      assert.deepEqual(treeOf(home), before)
      assert.equal((await rampart('setup', '--check', 'claude')).code, 1)
    }, { name })
  })

  test(`F37 what hosts are told is one program by its path, quoted for a shell: ${name}`, async () => {
    await withPerson(async ({ home, state, read, rampart }) => {
      assert.equal((await rampart('setup', 'claude-code')).code, 0)
      const [group] = JSON.parse(read('.claude/settings.json')).hooks.PreToolUse
      const [{ command, timeout }] = group.hooks
      assert.equal(timeout, 330)
      const words = wordsOf(command).filter((word) => !word.endsWith('='))
      const socket = join(state, 'run/rampart.sock')
      const rest = ['--home', state, '--socket', socket, '--timeout-ms', '310000']
      const bin = ['--bin', join(state, 'lib/rampart')]
      assert.deepEqual(words.slice(1), ['hook', 'claude-code', ...bin, ...rest])
      assert.equal(words[0], join(home, '.rampart/lib/rampart-shim'))
      // As the host does it, with a program in its place that says what it got.
      writeFileSync(words[0]!, '#!/bin/sh\nprintf "%s|" "$@"\n')
      const env = { PATH: process.env.PATH ?? '' }
      const ran = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8', env })
      assert.equal(ran.stdout, `${words.slice(1).join('|')}|`)
    }, { name })
  })
}

test('what was edited since keeps the edit; our entries alone go', async () => {
  await withPerson(async ({ put, read, rampart }) => {
    put('.claude/settings.json', '{\n  "a": 1\n}\n')
    assert.equal((await rampart('setup', 'claude-code')).code, 0)
    put('.claude/settings.json', read('.claude/settings.json').replace('"a": 1', '"a": 2'))
    const removed = await rampart('setup', 'claude-code', '--remove')
    assert.equal(removed.code, 0, removed.err)
    assert.equal(read('.claude/settings.json'), '{\n  "a": 2\n}\n')
  })
})

test('an edit, then another setup, then remove: the edited file is what stays', async () => {
  await withPerson(async ({ put, read, rampart, state }) => {
    put('.claude/settings.json', '{\n  "a": 1\n}\n')
    await rampart('setup', 'claude-code')
    const edited = read('.claude/settings.json').replace('"a": 1', '"b": []').replace('330', '5')
    put('.claude/settings.json', edited)
    assert.equal((await rampart('setup', 'claude-code', '--check')).code, 1)
    assert.equal((await rampart('setup', 'claude-code')).code, 0)
    const [backup] = readdirSync(join(state, 'setup')).filter((name) => name.endsWith('.original'))
    assert.equal(readFileSync(join(state, 'setup', backup!), 'utf8'), '{\n  "a": 1\n}\n')
    await rampart('setup', 'claude-code', '--remove')
    assert.equal(read('.claude/settings.json'), '{\n  "b": []\n}\n')
  })
})

test('a file that was made and got something else since stays with that', async () => {
  await withPerson(async ({ put, read, rampart, at }) => {
    await rampart('setup', 'cursor', 'gemini')
    put('.gemini/settings.json', read('.gemini/settings.json').replace('{', '{\n  "x": 1,'))
    // An empty line is an edit, too; nothing is left but what setup wrote.
    put('.cursor/hooks.json', `${read('.cursor/hooks.json')}\n`)
    await rampart('setup', 'cursor', 'gemini', '--remove')
    assert.deepEqual(JSON.parse(read('.gemini/settings.json')), { x: 1 })
    assert.equal(existsSync(at('.cursor')), false)
  })
})

test('--dry-run and --check write nothing, not even a state directory', async () => {
  await withPerson(async ({ home, put, rampart, state }) => {
    put('.claude/settings.json', '{}')
    const before = treeOf(home)
    const dry = await rampart('setup', ...NAMES, '--dry-run')
    assert.match(dry.out, /would be changed .*\.claude\/settings\.json/)
    assert.match(dry.out, /\+ .*"PreToolUse"/)
    assert.equal((await rampart('setup', ...NAMES, '--check')).code, 1)
    assert.deepEqual(treeOf(home), before)
    assert.equal(existsSync(state), false)
  })
})

test('--dry-run shows what the first setup then writes, to the letter', async () => {
  await withPerson(async ({ read, rampart }) => {
    const dry = await rampart('setup', 'claude-code', 'gemini', '--dry-run')
    const shown = (host: string) =>
      dry.out.split(host)[1]!.split('Gemini CLI')[0]!.split('\n')
        .filter((line) => line.startsWith('    + ')).map((line) => line.slice(6)).join('\n')
        .trimEnd()
    assert.equal((await rampart('setup', 'claude-code', 'gemini')).code, 0)
    for (
      const [host, path] of [
        ['Claude Code', '.claude/settings.json'],
        ['Gemini CLI', '.gemini/settings.json'],
      ] as const
    ) assert.equal(shown(host), read(path).trimEnd())
    assert.match(read('.claude/settings.json'), /rampart-shim hook claude-code/)
  })
})

test('setups at once in one process take turns', async () => {
  await withPerson(async ({ read, rampart }) => {
    const ran = await Promise.all(
      ['claude-code', 'gemini', 'claude-code'].map((host) => rampart('setup', host)),
    )
    for (const { code, err } of ran) assert.equal(code, 0, err)
    assert.equal(JSON.parse(read('.claude/settings.json')).hooks.PreToolUse.length, 1)
  })
})

const INVALID: readonly (readonly [text: string, place: string])[] = [
  ['{\n  "a": 1\n  "b": 2\n}', ':3:3: '],
  ['{"hooks": []}', ':1:11: '],
  ['{\n  "hooks": {"PreToolUse": {}}\n}', ':2:27: '],
  ['[]', ':1:1: '],
  ['// only this', ':1:13: '],
]

for (const [text, place] of INVALID) {
  test(`what cannot be read is told with its place and left: ${JSON.stringify(text)}`, async () => {
    await withPerson(async ({ put, read, rampart }) => {
      const path = put('.claude/settings.json', text)
      const ran = await rampart('setup', 'claude-code')
      assert.equal(ran.code, 3)
      assert.ok(ran.err.includes(`${path}${place}`), ran.err)
      assert.equal(read('.claude/settings.json'), text)
    })
  })
}

test('a settings file that is a link is refused, and so is a directory that is one', async () => {
  await withPerson(async ({ home, put, at, rampart }) => {
    const target = put('dotfiles/settings.json', '{}')
    mkdirSync(at('.claude'))
    symlinkSync(target, at('.claude/settings.json'))
    const file = await rampart('setup', 'claude-code')
    assert.equal(file.code, 3)
    assert.match(file.err, /symbolic link/)
    symlinkSync(at('dotfiles'), at('.gemini'))
    const dir = await rampart('setup', 'gemini')
    assert.equal(dir.code, 3)
    assert.match(dir.err, /symbolic link/)
    assert.equal(readFileSync(target, 'utf8'), '{}')
    assert.ok(lstatSync(join(home, '.claude/settings.json')).isSymbolicLink())
  })
})

test('a settings directory that others may write to is refused', async () => {
  await withPerson(async ({ put, at, rampart }) => {
    put('.claude/settings.json', '{}')
    chmodSync(at('.claude'), 0o777)
    const ran = await rampart('setup', 'claude-code')
    assert.equal(ran.code, 3)
    assert.match(ran.err, /writable by everybody/)
  })
})

test('what is too long, no text or no file is refused', async () => {
  await withPerson(async ({ put, at, rampart }) => {
    put('.claude/settings.json', `{"a": "${'x'.repeat(5 << 20)}"}`)
    assert.match((await rampart('setup', 'claude-code')).err, /longer than/)
    put('.gemini/settings.json', new Uint8Array([0x7b, 0xff, 0x7d]))
    assert.match((await rampart('setup', 'gemini')).err, /not valid UTF-8/)
    mkdirSync(at('.cursor/hooks.json'), { recursive: true })
    assert.match((await rampart('setup', 'cursor')).err, /directory/)
  })
})

test("somebody else's hook of a host that takes one file is left alone", async () => {
  await withPerson(async ({ put, read, rampart }) => {
    put('Documents/Cline/Hooks/PreToolUse', '#!/bin/sh\nexec mine\n')
    const ran = await rampart('setup', 'cline')
    assert.equal(ran.code, 3)
    assert.match(ran.err, /somebody else's/)
    assert.equal(read('Documents/Cline/Hooks/PreToolUse'), '#!/bin/sh\nexec mine\n')
    const removed = await rampart('setup', 'cline', '--remove')
    assert.equal(removed.code, 0)
    assert.equal(read('Documents/Cline/Hooks/PreToolUse'), '#!/bin/sh\nexec mine\n')
  })
})

test('a draft that a killed setup left is taken away by the next', async () => {
  await withPerson(async ({ put, at, rampart }) => {
    put('.claude/settings.json', '{}')
    put('.claude/.settings.json.abc.rampart-draft', '{"half')
    put('.claude/.other.json.abc.rampart-draft', 'x')
    assert.equal((await rampart('setup', 'claude-code')).code, 0)
    assert.deepEqual(readdirSync(at('.claude')).sort(), [
      '.other.json.abc.rampart-draft',
      'settings.json',
    ])
  })
})

test('directories that hosts are told of by variables are heeded, relative ones are not', async () => {
  await withPerson(async ({ at, home, rampart }) => {
    mkdirSync(at('conf'))
    const env = { CLAUDE_CONFIG_DIR: at('conf'), CODEX_HOME: 'rel' }
    await withPerson(async (other) => {
      assert.equal((await other.rampart('setup', 'claude-code', 'codex')).code, 0)
      assert.ok(existsSync(at('conf/settings.json')))
      assert.ok(existsSync(other.at('.codex/hooks.json')))
      assert.equal(existsSync(other.at('.claude')), false)
    }, { env })
    assert.ok(statSync(dirname(home)).isDirectory())
    assert.equal((await rampart('setup', 'unknown')).code, 3)
  })
})

test('modes of files stay, new ones are ours alone', async () => {
  await withPerson(async ({ put, at, rampart }) => {
    put('.claude/settings.json', '{}')
    chmodSync(at('.claude/settings.json'), 0o644)
    await rampart('setup', 'claude-code', 'gemini', 'cline')
    const modeOf = (path: string) => statSync(at(path)).mode & 0o777
    assert.equal(modeOf('.claude/settings.json'), 0o644)
    assert.equal(modeOf('.gemini/settings.json'), 0o600)
    assert.equal(modeOf('Documents/Cline/Hooks/PreToolUse'), 0o700)
  })
})

test('the client in C is told where the executable is, and clears variables by itself', () => {
  const program = { kind: 'shim', path: '/h/lib/rampart-shim', bin: '/opt/a b/rampart' } as const
  const settings = { home: '/h', socket: undefined, seconds: 330 }
  const { command, argv } = hookCall(program, 'codex', settings)
  assert.deepEqual(wordsOf(command), argv)
  assert.deepEqual(argv.slice(1, 5), ['hook', 'codex', '--bin', '/opt/a b/rampart'])
  assert.ok(isOurs(command, 'codex'))
})

test('a command is ours by its words, not by a path that has one in it', () => {
  for (
    const [command, expected] of [
      ['/usr/local/bin/rampart hook --format claude-code', true],
      ["A= B= '/a b/rampart' hook --format claude-code --home /x", true],
      ['"/a b/rampart" hook --format=claude-code', true],
      ['/h/lib/rampart-shim hook claude-code', true],
      ['node /x/rampart.mjs hook --format claude-code', true],
      ['/usr/local/bin/rampart hook --format codex', false],
      ['/usr/local/bin/rampart-notes hook --format claude-code', false],
      ['/opt/rampart/check.sh hook --format claude-code', false],
      ['echo rampart hook', false],
      ["echo 'rampart hook --format claude-code'", false],
    ] as const
  ) assert.equal(isOurs(command, 'claude-code'), expected, command)
})
