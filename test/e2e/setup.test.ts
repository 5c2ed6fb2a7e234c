import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { cleanEnv, ownRuntime, type Ran, runProgram } from './server.ts'
import { type Person, withPerson } from '../setup/helpers.ts'

/** One command in a process of its own, for a person. */
function rampart(
  { home, state }: Person,
  argv: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ran> {
  const env = { HOME: home, ...options.env }
  return runProgram([...ownRuntime(), ...argv], { home: state, cwd: options.cwd ?? home, env })
}

test('setups at once leave one entry of ours, whole, beside what was there', async () => {
  await withPerson(async (person) => {
    person.put('.claude/settings.json', '{"a": 1}')
    const ran = await Promise.all(
      [1, 2, 3].map(() => rampart(person, ['setup', 'claude-code', 'gemini'])),
    )
    for (const { code, err } of ran) assert.equal(code, 0, err)
    const settings = JSON.parse(person.read('.claude/settings.json'))
    assert.equal(settings.a, 1)
    assert.equal(settings.hooks.PreToolUse.length, 1)
    assert.equal(JSON.parse(person.read('.gemini/settings.json')).hooks.BeforeTool.length, 1)
    assert.equal((await rampart(person, ['setup', 'claude-code', '--remove'])).code, 0)
    assert.equal(person.read('.claude/settings.json'), '{"a": 1}')
  })
})

test('a setup that is killed leaves a settings file from before or after, and can be undone', async () => {
  await withPerson(async (person) => {
    const before = `{"a": "${'x'.repeat(200_000)}"}`
    person.put('.claude/settings.json', before)
    for (let round = 0; round < 6; round++) {
      const [program, ...argv] = [...ownRuntime(), 'setup', 'claude-code']
      const env = cleanEnv(person.state, { HOME: person.home })
      const child = spawn(program!, argv, { cwd: person.home, env, stdio: 'ignore' })
      const ended = new Promise((resolve) => child.on('close', resolve))
      // At the earliest when its lock is there, so that some of them are in the middle of it.
      const lock = join(person.state, 'run', 'setup.lock')
      while (child.exitCode === null && child.signalCode === null && !existsSync(lock)) {
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
      await new Promise((resolve) => setTimeout(resolve, round * 7))
      child.kill('SIGKILL')
      await ended
      assert.equal(JSON.parse(person.read('.claude/settings.json')).a.length, 200_000)
    }
    assert.equal((await rampart(person, ['setup', 'claude-code'])).code, 0)
    assert.equal((await rampart(person, ['setup', 'claude-code', '--remove'])).code, 0)
    assert.equal(person.read('.claude/settings.json'), before)
    assert.deepEqual(readdirSync(person.at('.claude')), ['settings.json'])
  })
})

test('--project writes below the root of the work tree, and nowhere else', async () => {
  await withPerson(async (person) => {
    mkdirSync(person.at('work/.git'), { recursive: true })
    mkdirSync(person.at('work/deep/er'), { recursive: true })
    writeFileSync(person.at('work/.git/HEAD'), 'ref: refs/heads/main\n')
    const cwd = person.at('work/deep/er')
    const ran = await rampart(person, ['setup', 'claude-code', '--project'], { cwd })
    assert.equal(ran.code, 0, ran.err)
    assert.ok(existsSync(person.at('work/.claude/settings.json')))
    assert.equal(existsSync(person.at('.claude')), false)
    const outside = await rampart(person, ['setup', 'claude-code', '--project'])
    assert.equal(outside.code, 3)
    assert.equal((await rampart(person, ['setup', 'antigravity', '--project'], { cwd })).code, 3)
  })
})

test('a hostile project leads setup nowhere: its links are refused, its files are not read', async () => {
  await withPerson(async (person) => {
    mkdirSync(person.at('work/.git'), { recursive: true })
    writeFileSync(person.at('work/.git/HEAD'), 'ref: refs/heads/main\n')
    mkdirSync(person.at('.ssh'), { recursive: true })
    symlinkSync(person.at('.ssh'), person.at('work/.claude'))
    const cwd = person.at('work')
    // What runtimes read of a directory by themselves: test/e2e/hostile-directory.test.ts.
    writeFileSync(join(cwd, 'rampart.yaml'), 'RAMPART_HOME: /tmp/evil\n')
    const ran = await rampart(person, ['setup', 'claude-code', '--project'], { cwd })
    assert.equal(ran.code, 3, ran.out)
    assert.match(ran.err, /symbolic link/)
    assert.deepEqual(readdirSync(person.at('.ssh')), [])
  })
})
