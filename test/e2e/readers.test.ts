import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  cleanEnv,
  exec,
  executable,
  get,
  inHome,
  ownRuntime,
  post,
  startServer,
  until,
} from './server.ts'

const compiled = executable()
const SUBJECTS = [
  { name: 'this runtime', command: ownRuntime(), why: undefined },
  { name: 'dist/rampart', command: compiled.command, why: compiled.why },
]

/** Run with streams of which nobody reads one; resolves with the exit code. */
function runUnread(
  command: readonly string[],
  home: string,
  stdout: 'unread' | number,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), {
      env: cleanEnv(home),
      stdio: ['ignore', stdout === 'unread' ? 'pipe' : stdout, 'ignore'],
    })
    child.stdout?.destroy()
    child.on('error', reject).on('exit', (code) => resolve(code))
  })
}

for (const { name, command, why } of SUBJECTS) {
  test(`F6 a denied command whose words nobody reads does not end with the code of an allow (${name})`, (t) => {
    if (command === undefined) return t.skip(why)
    return inHome(async (home) => {
      for (const flags of [[], ['--json']]) {
        const argv = [...command, 'test', ...flags, 'rm -rf /']
        assert.notEqual(await runUnread(argv, home, 'unread'), 0)
        if (existsSync('/dev/full')) {
          assert.notEqual(await runUnread(argv, home, openSync('/dev/full', 'w')), 0)
        }
      }
    })
  })

  test(`F6 a server whose log nobody reads any longer decides on (${name})`, (t) => {
    if (command === undefined) return t.skip(why)
    return inHome(async (home) => {
      const server = await startServer(command, home)
      server.child.stdout!.destroy()
      server.child.stderr!.destroy()
      // A fault of a policy is logged when it is read.
      writeFileSync(join(home, 'policies', 'faulty.yaml'), 'version: 3\n')
      await until(async () => {
        const { body } = await get(server, '/healthz')
        return (body.policy as { faults: readonly unknown[] }).faults.length > 0 ? true : undefined
      })
      for (let turn = 0; turn < 3; turn++) {
        const { body } = await post(server, '/v1/preflight/exec', exec('rm -rf /'))
        assert.equal(body.decision, 'deny')
      }
      assert.equal(server.child.exitCode, null)
      await server.end()
    })
  })
}
