import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { ROOT } from '../e2e/server.ts'
import { onlyOn } from '../helpers/runtime.ts'

const skip = onlyOn('node', 'the runtimes of the example are started there')
const TOKEN = 'a1'.repeat(32)
const EXAMPLE = join(ROOT, 'docs', 'examples', 'serve.ts')
const modules = join(ROOT, 'node_modules')

/** How each runtime serves one file, on any free port. */
const SERVED: readonly (readonly [runtime: string, argv: readonly string[]])[] = [
  ['deno', [
    join(modules, 'deno', 'deno'),
    'serve',
    '-A',
    '--no-check',
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    EXAMPLE,
  ]],
  ['bun', [join(modules, '.bin', 'bun'), '--no-env-file', EXAMPLE]],
]

for (const [runtime, argv] of SERVED) {
  test(`docs/examples/serve.ts answers under ${runtime}`, { skip, timeout: 120_000 }, async () => {
    const env = { ...process.env, TOKEN, PORT: '0', NO_COLOR: '1' }
    const child = spawn(argv[0]!, argv.slice(1), {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    try {
      const port = await portOf(child)
      const ask = async (command: string, token = TOKEN) => {
        const answer = await fetch(`http://127.0.0.1:${port}/v1/preflight/exec`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ agent: 'a', session: 's', params: { command } }),
        })
        return [answer.status, (await answer.json()).message]
      }
      assert.deepEqual(await ask('npm publish --tag next'), [200, 'CI publishes'])
      assert.deepEqual(await ask('rm -rf /'), [200, 'Destructive command blocked'])
      assert.deepEqual(await ask('npm test'), [200, 'No rule objects'])
      assert.equal((await ask('npm test', 'b2'.repeat(32)))[0], 401)
    } finally {
      child.kill('SIGKILL')
    }
  })
}

/** The port that it says it listens on. */
function portOf(child: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    const heard = (chunk: Uint8Array) => {
      printed += String(chunk)
      const port = /127\.0\.0\.1:(\d+)|localhost:(\d+)/.exec(printed)
      if (port !== null) resolve(port[1] ?? port[2]!)
    }
    child.stdout!.on('data', heard)
    child.stderr!.on('data', heard)
    child.on('close', () => reject(new Error(`it ended: ${printed}`)))
  })
}
