import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { rampart, type Ran } from './run.ts'

type Typed = (...words: string[]) => Promise<Ran>

async function inState(
  body: (rampart: Typed, home: string, project: string) => Promise<void>,
): Promise<void> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-rules-')))
  const home = join(dir, 'home')
  const project = join(dir, 'project')
  mkdirSync(join(project, '.git'), { recursive: true })
  mkdirSync(join(project, 'sub'))
  const before = process.cwd()
  try {
    process.chdir(join(project, 'sub'))
    await body((...words) => rampart(words, { home }), home, project)
  } finally {
    process.chdir(before)
    rmSync(dir, { recursive: true, force: true })
  }
}

const rulesOf = ({ out }: Ran): Record<string, unknown>[] => JSON.parse(out).rules

test('F3 allow --project binds to the git work tree, in the file of the person', () =>
  inState(async (rampart, home, project) => {
    const made = await rampart('allow', 'crontab -r', '--project', '--json')
    assert.equal(made.code, 0, made.err)
    const [rule] = rulesOf(made)
    assert.equal(rule!.cwd, join(project, 'sub'))
    const block = await rampart('block', 'frob', '--project', '--json')
    assert.equal(rulesOf(block)[0]!.cwd, project)
    assert.equal((await rampart('test', 'frob x')).code, 1)
    assert.equal((await rampart('test', 'frob x', '--cwd', '/')).code, 0)
    assert.match(readFileSync(join(home, 'policies', 'user.yaml'), 'utf8'), /project: /)
    const both = await rampart('block', 'frob', '--project', '--global')
    assert.deepEqual([both.code, both.err], [3, 'rampart: Either --global or --project\n'])
  }))

test('rules are shown and removed by a unique start of their id, and exit codes tell', () =>
  inState(async (rampart) => {
    const [first] = rulesOf(await rampart('block', 'frob', '--json'))
    const id = String(first!.id)
    const shown = await rampart('rules', 'show', id.slice(0, 20).toLowerCase())
    assert.match(shown.out, new RegExp(`^${id}  block always  frob, whatever else it is given\n`))
    assert.equal((await rampart('rules', 'show', 'zz')).code, 3)
    const other = await rampart('rules', 'remove', id, 'zz')
    assert.deepEqual([other.code, rulesOf(await rampart('rules', '--json')).length], [3, 1])
    assert.equal((await rampart('rules', 'remove', id)).code, 0)
    assert.deepEqual(rulesOf(await rampart('rules', 'list', '--json')), [])
    assert.equal((await rampart('rules', 'reset')).code, 3)
  }))

test('--dry-run keeps nothing, and says with its exit code whether the rule could be made', () =>
  inState(async (rampart) => {
    const fits = await rampart('allow', 'crontab -r', '--dry-run')
    assert.equal(fits.code, 0, fits.err)
    assert.match(
      fits.out,
      /^the whole line crontab -r, in .*\n {2}matched {2}0 of the last 0 audited calls\n$/,
    )
    const refused = await rampart('allow', 'rm -rf /', '--dry-run', '--json')
    assert.equal(refused.code, 1)
    assert.match(JSON.parse(refused.out).refused, /no rule lifts a denial/)
    assert.deepEqual(rulesOf(await rampart('rules', '--json')), [])
  }))

const WRONG: readonly (readonly [words: readonly string[], says: RegExp])[] = [
  [['allow', 'ls'], /nothing asks about it/],
  [['allow', 'crontab -r', '--for', 'soon'], /for: Expected a duration/],
  [['allow', 'crontab -r', '--generalisation', 'glob'], /generalisation/],
  [['allow', 'crontab -r', '--generalisation', 'host'], /host says nothing of this call/],
]

test('what makes no rule is refused with the reason, and nothing is written', () =>
  inState(async (rampart, home) => {
    for (const [words, says] of WRONG) {
      const { code, err } = await rampart(...words)
      assert.equal(code, 3, words.join(' '))
      assert.match(err, says)
    }
    assert.throws(() => readFileSync(join(home, 'policies', 'user.yaml')), /ENOENT/)
  }))

test('a broken overlay is named with its place, and stays as it is', () =>
  inState(async (rampart, home) => {
    assert.equal((await rampart('block', 'frob')).code, 0)
    const file = join(home, 'policies', 'user.yaml')
    writeFileSync(file, 'version: "1"\nrulez: []\n')
    const { code, err } = await rampart('block', 'other')
    assert.equal(code, 3)
    assert.match(err, /user\.yaml:2:1: unknown key "rulez"/)
    assert.equal(readFileSync(file, 'utf8'), 'version: "1"\nrulez: []\n')
  }))

test('except takes a rule of the profile out of force, for a time', () =>
  inState(async (rampart) => {
    const rule = 'ask-before-irreversible/1'
    assert.equal((await rampart('test', 'terraform destroy')).code, 2)
    const made = await rampart('except', rule, '--reason', 'a sandbox', '--for', '1h', '--json')
    assert.equal(made.code, 0, made.err)
    const [shown] = rulesOf(made)
    assert.deepEqual([shown!.action, shown!.answers, shown!.in_force], ['except', rule, true])
    assert.equal((await rampart('test', 'terraform destroy')).code, 0)
  }))
