import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { fileOverlay } from '../../src/adapters/overlay.ts'
import type { OwnRule } from '../../src/engine/own-rule.ts'
import { RampartError } from '../../src/errors.ts'
import type { Overlay } from '../../src/ports.ts'
import { startScript } from '../helpers/spawn.ts'

const rule = (id: string, change: Partial<OwnRule> = {}): OwnRule => ({
  id,
  action: 'block',
  tool: 'exec',
  generalisation: 'program',
  program: 'shipctl',
  ...change,
})

/** Whoever asks last waits for a hundred writes, however long a loaded machine takes for them. */
const PATIENCE_MS = 600_000

async function inDir(
  body: (overlay: Overlay, dir: string, lockDir: string) => Promise<void>,
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'rampart-overlay-'))
  const dir = join(home, 'policies')
  const lockDir = join(home, 'run', 'overlay')
  try {
    await body(fileOverlay({ dir, lockDir, patienceMs: PATIENCE_MS }), dir, lockDir)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const idsIn = (file: string): string[] =>
  ((parse(readFileSync(file, 'utf8')) as { rules?: OwnRule[] }).rules ?? []).map(({ id }) => id)

test('the file and its directory are made for the person alone, and removing the last rule leaves a good file', () =>
  inDir(async (overlay, dir) => {
    await overlay.edit({ add: [rule('one1')] })
    assert.equal(statSync(dir).mode & 0o777, 0o700)
    assert.equal(statSync(overlay.path).mode & 0o777, 0o600)
    await overlay.edit({ remove: ['one1', 'none'] })
    assert.deepEqual(idsIn(overlay.path), [])
    await overlay.edit({ add: [rule('two2')] })
    assert.deepEqual(idsIn(overlay.path), ['two2'])
    assert.deepEqual(readdirSync(dir), ['user.yaml'])
  }))

const WRITTEN = `# my file
version: "1" # of the language

policies:
  # no more pushes
  - name: mine
    rules:
      - {action: deny, when: {command_matches: "git push*"}} # really

rules:
  # the first one
  - id: hand1
    action: block # for good
    tool: exec
    generalisation: program
    program: shipctl
  # the second one
  - {id: hand2, action: block, tool: exec, generalisation: program, program: other}
`

test('comments and what a person wrote stay', () =>
  inDir(async (overlay, dir) => {
    mkdirSync(dir, { recursive: true })
    writeFileSync(overlay.path, WRITTEN)
    await overlay.edit({ add: [rule('made1', { reason: 'a: "b"\n# no comment' })] })
    const text = readFileSync(overlay.path, 'utf8')
    assert.ok(text.startsWith(WRITTEN.trimEnd().split('\n').slice(0, 9).join('\n')), text)
    for (const comment of WRITTEN.match(/# .*/g)!) assert.ok(text.includes(comment), comment)
    assert.deepEqual(idsIn(overlay.path), ['hand1', 'hand2', 'made1'])
    await overlay.edit({ remove: ['hand1'] })
    assert.deepEqual(idsIn(overlay.path), ['hand2', 'made1'])
    assert.match(readFileSync(overlay.path, 'utf8'), /# the second one/)
  }))

const BROKEN: readonly (readonly [name: string, text: string, place: RegExp])[] = [
  ['half a file', 'version: "1"\nrules:\n  - id: [\n', /user\.yaml:\d+:\d+/],
  ['an unknown key', 'version: "1"\nrulez: []\n', /user\.yaml:2:1: unknown key "rulez"/],
  [
    'a rule without a form',
    'version: "1"\nrules:\n  - {id: abcd, action: block, tool: exec, generalisation: program}\n',
    /user\.yaml:3:5/,
  ],
  ['a key twice', 'version: "1"\nversion: "1"\n', /user\.yaml:2:1: duplicate key/],
  [
    'an allow of nothing',
    'version: "1"\nrules: [{id: abcd, action: allow, tool: exec, generalisation: program, program: x}]\n',
    /user\.yaml:2:9: an allow names the ask/,
  ],
]

for (const [name, text, place] of BROKEN) {
  test(`a broken overlay is never written over: ${name}`, () =>
    inDir(async (overlay, dir) => {
      mkdirSync(dir, { recursive: true })
      writeFileSync(overlay.path, text)
      await assert.rejects(overlay.edit({ add: [rule('one1')] }), (error) => {
        assert.ok(error instanceof RampartError && error.code === 'policy_invalid')
        assert.match(error.errors.map(({ detail }) => detail).join('\n'), place)
        return true
      })
      assert.equal(readFileSync(overlay.path, 'utf8'), text)
      assert.deepEqual(readdirSync(dir), ['user.yaml'])
    }))
}

test('what would make a bad file is refused, and the file stays', () =>
  inDir(async (overlay) => {
    await overlay.edit({ add: [rule('one1')] })
    const bad = [
      rule('x'),
      rule('long1', { program: 'x'.repeat(20_000) }),
      rule('odd1', { generalisation: 'host' }),
    ]
    for (const one of bad) await assert.rejects(overlay.edit({ add: [one] }), RampartError)
    assert.deepEqual(idsIn(overlay.path), ['one1'])
  }))

test('hostile text comes back as it went in and makes no rule of its own', () =>
  inDir(async (overlay) => {
    const program = 'a\n  - id: evil\n#: "\u0000\u202e\ud83d\ude00'.replace('\u0000', '')
    await overlay.edit({ add: [rule('one1', { program, reason: '*x &y !!tag |\n- z' })] })
    const { rules } = parse(readFileSync(overlay.path, 'utf8')) as { rules: OwnRule[] }
    assert.deepEqual(rules.map(({ id, program }) => [id, program]), [['one1', program]])
  }))

test('a link to a file elsewhere stays a link', () =>
  inDir(async (overlay, dir) => {
    const other = join(dir, '..', 'dotfiles.yaml')
    mkdirSync(dir, { recursive: true })
    writeFileSync(other, WRITTEN)
    symlinkSync(other, overlay.path)
    await overlay.edit({ add: [rule('made1')] })
    assert.deepEqual(idsIn(other), ['hand1', 'hand2', 'made1'])
  }))

test('a hundred writes by four processes and this one, four at once in each, lose nothing', () =>
  inDir(async (overlay, dir, lockDir) => {
    const workers = Array.from(
      { length: 4 },
      (_, index) => startScript('./overlay-worker.ts', [dir, lockDir, `worker${index}`, '4', '5']),
    )
    await Promise.all([0, 1, 2, 3].map(async (writer) => {
      for (let n = 0; n < 5; n++) await overlay.edit({ add: [rule(`mine-${writer}-${n}`)] })
    }))
    for (const { ended } of workers) assert.deepEqual(await ended, { code: 0, err: '' })
    assert.ok(existsSync(overlay.path))
    assert.equal(new Set(idsIn(overlay.path)).size, 100)
  }))
