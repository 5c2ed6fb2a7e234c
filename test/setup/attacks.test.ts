import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import process from 'node:process'
import { test } from 'node:test'
import { withPerson } from './helpers.ts'

const posix = { skip: process.platform === 'win32' ? 'POSIX' : false }
const SETTINGS = '.claude/settings.json'

test('a settings file that is a pipe, or without an end, is refused at once', posix, async () => {
  await withPerson(async ({ at, rampart }) => {
    mkdirSync(at('.claude'))
    assert.equal(spawnSync('mkfifo', [at(SETTINGS)]).status, 0)
    const pipe = await rampart('setup', 'claude-code')
    assert.equal(pipe.code, 3)
    assert.match(pipe.err, /no regular file/)
    mkdirSync(at('.gemini'))
    // 100 MB that take no room.
    ftruncateSync(openSync(at('.gemini/settings.json'), 'w'), 100 << 20)
    const long = await rampart('setup', 'gemini')
    assert.equal(long.code, 3)
    assert.match(long.err, /longer than/)
    assert.equal(statSync(at('.gemini/settings.json')).size, 100 << 20)
  })
})

test('a settings file with a second name: that name keeps what it said', posix, async () => {
  await withPerson(async ({ put, at, read, rampart }) => {
    put('dotfiles/settings.json', '{"a": 1}')
    mkdirSync(at('.claude'))
    linkSync(at('dotfiles/settings.json'), at(SETTINGS))
    const ran = await rampart('setup', 'claude-code')
    assert.equal(ran.code, 0, ran.err)
    assert.equal(read('dotfiles/settings.json'), '{"a": 1}')
    assert.equal((await rampart('setup', 'claude-code', '--remove')).code, 0)
    assert.equal(read(SETTINGS), '{"a": 1}')
  })
})

for (
  const [name, text] of [
    ['of one object', '{"hooks": {}, "hooks": {}}'],
    ['below it', '{"hooks": {"PreToolUse": [], "PreToolUse": []}}'],
    ['with an escape', '{"hooks": {}, "h\\u006foks": {"PreToolUse": []}}'],
  ]
) {
  test(`of keys that come twice hosts read the last, and there ours go: ${name}`, async () => {
    await withPerson(async ({ put, read, rampart }) => {
      put(SETTINGS, text!)
      const ran = await rampart('setup', 'claude-code')
      assert.equal(ran.code, 0, ran.err)
      const { hooks } = JSON.parse(read(SETTINGS))
      assert.deepEqual([hooks.PreToolUse.length, hooks.PostToolUse.length], [1, 1])
      put(SETTINGS, `${read(SETTINGS)}\n`)
      assert.equal((await rampart('setup', 'claude-code', '--remove')).code, 0)
      assert.equal(read(SETTINGS), `${text}\n`)
    })
  })
}

for (
  const [name, text] of [
    [
      'commas behind the last',
      '{\n  "a": [1, 2,],\n  "hooks": {\n    "PreToolUse": [],\n  },\n}\n',
    ],
    [
      'line ends of Windows and tabs',
      '{\r\n\t"a": 1,\r\n\t"hooks": {\r\n\t\t"Stop": []\r\n\t}\r\n}\r\n',
    ],
    ['line ends of old Macs', '{\r  "a": 1\r}\r'],
    ['a mark in front', '\uFEFF{"a": 1}'],
    ['one line', '{"a":1,"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[]}]}}'],
    [
      'comments at both ends',
      '// one\n/* two */ {\n  // three\n  "a": 1 // four\n  // five\n} // six\n',
    ],
    ['nothing at all', ''],
    ['nothing but blanks', ' \n\t\n'],
    ['texts that look like more', '{"a": "// no \\" /* comment", "b": "}]"}'],
    ['eight blanks', '{\n        "a": {\n                "b": 1\n        }\n}'],
  ]
) {
  test(`${name}: what was there stays to the byte, an edit of it, too`, async () => {
    await withPerson(async ({ put, read, rampart }) => {
      put(SETTINGS, text!)
      const set = await rampart('setup', 'claude-code')
      assert.equal(set.code, 0, set.err)
      assert.equal((await rampart('setup', 'claude-code', '--check')).code, 0)
      const edited = read(SETTINGS).replace('"a"', '"aa"')
      put(SETTINGS, edited)
      assert.equal((await rampart('setup', 'claude-code', '--remove')).code, 0)
      if (text!.includes('"a"')) assert.equal(read(SETTINGS), text!.replace('"a"', '"aa"'))
      else assert.equal(existsSync(SETTINGS), false)
    })
  })
}

test('a directory in which nothing can be made is told, and nothing is left', posix, async (t) => {
  if (process.getuid!() === 0 && process.platform !== 'linux') {
    return t.skip('root writes everywhere')
  }
  await withPerson(async ({ at, put, rampart }) => {
    put(SETTINGS, '{}')
    if (process.getuid!() === 0) {
      // What even root cannot write to; where attributes are not kept there is nothing to try.
      if (spawnSync('chattr', ['+i', at('.claude')]).status !== 0) return t.skip('no chattr here')
    } else chmodSync(at('.claude'), 0o500)
    try {
      const ran = await rampart('setup', 'claude-code')
      assert.equal(ran.code, 3)
      assert.match(ran.err, /settings\.json is left as it is: permission denied/)
      assert.deepEqual(readdirSync(at('.claude')), ['settings.json'])
      assert.equal(readFileSync(at(SETTINGS), 'utf8'), '{}')
    } finally {
      if (process.getuid!() === 0) spawnSync('chattr', ['-i', at('.claude')])
      else chmodSync(at('.claude'), 0o700)
    }
  })
})

test('one of two agents that cannot be set up: the files of the other stand whole', async () => {
  await withPerson(async ({ put, at, read, rampart }) => {
    put('.gemini/settings.json', '{"hooks": 1}')
    const ran = await rampart('setup', 'claude-code', 'gemini')
    assert.equal(ran.code, 3)
    assert.match(ran.err, /\.gemini\/settings\.json:1:11: /)
    assert.equal(read('.gemini/settings.json'), '{"hooks": 1}')
    if (existsSync(at(SETTINGS))) JSON.parse(read(SETTINGS))
  })
})

test(
  'what variables name is where setup writes: links below it are refused, too',
  posix,
  async () => {
    await withPerson(async (outer) => {
      mkdirSync(outer.at('real'))
      symlinkSync(outer.at('real'), outer.at('linked'))
      mkdirSync(outer.at('xdg'))
      symlinkSync(outer.at('real'), outer.at('xdg/opencode'))
      const env = { CLAUDE_CONFIG_DIR: outer.at('linked'), XDG_CONFIG_HOME: outer.at('xdg') }
      await withPerson(async ({ rampart }) => {
        for (const host of ['claude-code', 'opencode']) {
          const ran = await rampart('setup', host)
          assert.equal(ran.code, 3, host)
          assert.match(ran.err, /symbolic link/)
        }
      }, { env })
      assert.deepEqual(readdirSync(outer.at('real')), [])
      assert.ok(lstatSync(outer.at('linked')).isSymbolicLink())
    })
  },
)

test('a receipt that somebody changed puts nothing back that was not there', async () => {
  await withPerson(async ({ put, read, state, rampart }) => {
    put(SETTINGS, '{"a": 1}')
    await rampart('setup', 'claude-code')
    const [name] = readdirSync(`${state}/setup`).filter((file) => file.endsWith('.json'))
    writeFileSync(`${state}/setup/${name}`, '{"version": 1, "path": "/etc/passwd"}')
    assert.equal((await rampart('setup', 'claude-code', '--remove')).code, 0)
    assert.equal(read(SETTINGS), '{"a": 1}')
  })
})
