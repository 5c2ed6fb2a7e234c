import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { cleanEnv, inHome, ownRuntime, ROOT, runProgram } from './server.ts'

const ROUNDS = 12
const EVENT = JSON.stringify({
  event: 'before',
  tool: 'exec',
  params: { command: 'rm -rf /' },
  session: 's',
})
const HOOK = ['hook', '--format', 'generic']

/** A hook that decides by itself, killed after so long; resolves with whether it was killed before its end. */
function killed(home: string, ms: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const [program = '', ...words] = [...ownRuntime(), ...HOOK]
    const child = spawn(program, words, { cwd: ROOT, env: cleanEnv(home), stdio: 'pipe' })
    const timer = setTimeout(() => child.kill('SIGKILL'), ms)
    child.on('error', reject).on('close', (_code, signal) => {
      clearTimeout(timer)
      resolve(signal === 'SIGKILL')
    })
    child.stdin.on('error', () => {})
    child.stdin.end(EVENT)
  })
}

test('a hook that is killed at any moment leaves a whole trail, and the next one answers', () =>
  inHome(async (home) => {
    const whole = performance.now()
    const first = await runProgram([...ownRuntime(), ...HOOK], { home, input: EVENT })
    assert.equal(JSON.parse(first.out).decision, 'deny')
    const took = performance.now() - whole
    let dead = 0
    for (let round = 1; round <= ROUNDS; round++) {
      if (await killed(home, took * round / ROUNDS)) dead += 1
      const next = await runProgram([...ownRuntime(), ...HOOK], { home, input: EVENT })
      assert.equal(next.code, 0, next.err)
      assert.equal(JSON.parse(next.out).decision, 'deny')
    }
    assert.ok(dead > 0, 'no hook was killed before its end')
    const verified = await runProgram([...ownRuntime(), 'audit', 'verify'], { home })
    assert.equal(verified.code, 0, verified.out + verified.err)
  }))
