import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { inHome, ownRuntime, startServer } from './server.ts'
import { cannotWrap, hasTool, policyFile, rampartRun } from './wrapped.ts'

const why = cannotWrap()

test('preload: what a program executes is asked about, however it does it', {
  skip: why ?? (hasTool('python3') ? false : 'no python3 here'),
}, () =>
  inHome(async (home) => {
    const server = await startServer(ownRuntime(), home, { args: ['--policy', policyFile(home)] })
    const dir = dirname(home)
    // The word comes from a file, so that the program itself may start.
    writeFileSync(join(dir, 'word'), 'forbidden')
    const script = join(dir, 'agent.py')
    writeFileSync(script, AGENT)
    const { code, out, err } = await rampartRun(home, ['preload', '--', 'python3', script])
    assert.equal(code, 3, err)
    assert.equal(out, 'denied denied denied fine\n')
    assert.match(err, /^rampart: blocked: That word is not said here \(words\)$/m)
    assert.match(err, /^rampart: \d+ evaluated, \d+ denied, 0 asked, 0 logged$/m)
    for (const n of [1, 2, 3]) assert.equal(existsSync(join(dir, `${n}-forbidden`)), false)
    assert.equal(existsSync(join(dir, '4-fine')), true)
    await server.end()
  }))

const AGENT = `
import os, subprocess, sys
word = open('word').read()
def tried(run):
    try:
        return 'fine' if run() == 0 else 'denied'
    except PermissionError:
        return 'denied'
print(tried(lambda: subprocess.run(['touch', '1-' + word]).returncode),
      tried(lambda: os.system('touch 2-' + word)),
      tried(lambda: subprocess.run(['touch', '3-' + word], env={'PATH': os.environ['PATH']}).returncode),
      tried(lambda: subprocess.run(['touch', '4-fine']).returncode))
sys.stdout.flush()
os.execv('/bin/sh', ['sh', '-c', 'exit 3'])
`
