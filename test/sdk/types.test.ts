import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
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
import process from 'node:process'
import { after, before, test } from 'node:test'
import { ROOT } from '../e2e/server.ts'
import { onlyOn } from '../helpers/runtime.ts'

const BUILT = ['dist/types/mod.d.ts', 'dist/rampart-lib.mjs', 'dist/rampart.mjs']
const skip = onlyOn('node', 'types are checked by one compiler') ||
  (BUILT.every((file) => existsSync(join(ROOT, file))) ? false : 'not built: npm run build')

/** What a program of somebody else's writes; each line that must not compile says so. */
const CONSUMER = `
import {
  createApp, createGuard, type Decision, evaluate, type Facts, type GuardedCall, guardRequests, memoryServices,
  type PolicySet, RampartDenied, RampartError, readPolicies,
} from 'rampart'

const guard = createGuard({
  policies: 'version: "1"',
  approve: async ({ tool, message }) => tool.startsWith('x') && message !== '',
})
// @ts-expect-error policies are texts
createGuard({ policies: 1 })
// @ts-expect-error a misspelling is no option
createGuard({ policy: '' })
// @ts-expect-error only a boolean answers
createGuard({ policies: '', approve: async () => 'yes' })

const call: GuardedCall = { tool: 'exec', params: { command: 'ls' } }
// @ts-expect-error a call has params
const bare: GuardedCall = { tool: 'exec' }

const run = guard.wrap((command: string) => ({ tool: 'exec', params: { command } }), async (command) => command.length)
const length: Promise<number> = run('ls')
// @ts-expect-error what is run takes what the call is made of
run(1)
// @ts-expect-error it gives a number
const text: Promise<string> = run('ls')

try {
  await guard.run(call, async () => 'x')
} catch (error) {
  if (error instanceof RampartDenied) {
    const stage: 'call' | 'output' = error.stage
    const rule: string | null = error.answer.rule
    void [stage, rule]
  }
  if (error instanceof RampartError && error.code === 'policy_invalid') void error.errors[0]?.pointer
  // @ts-expect-error codes are a closed list
  if (error instanceof RampartError && error.code === 'policy_invald') void 0
}

const set: PolicySet = readPolicies('version: "1"')
// @ts-expect-error a decision is read, not written
const change = (decision: Decision) => { decision.action = 'allow' }
void [memoryServices(set), createApp, guardRequests, bare, length, text, change, {} as Facts]

type IsAny<T> = 0 extends 1 & T ? true : false
type Made = ReturnType<typeof evaluate>
const none: readonly [
  IsAny<Decision>, IsAny<Made>, IsAny<PolicySet>, IsAny<typeof guard>, IsAny<Awaited<typeof length>>, IsAny<RampartDenied['answer']>,
] = [false, false, false, false, false, false]
void none
`

let dir = ''
const place = () => join(dir, 'node_modules', 'rampart')
const files = (at: string): string[] =>
  readdirSync(at, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(at.length + 1))

before(() => {
  if (skip) return
  dir = mkdtempSync(join(tmpdir(), 'rampart-types-'))
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', dir], ROOT)
  const packed = readdirSync(dir).find((name) => name.endsWith('.tgz'))!
  mkdirSync(place(), { recursive: true })
  run('tar', ['-xzf', join(dir, packed), '-C', place(), '--strip-components', '1'], dir)
  // What it depends on, as an installation has it.
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    const at = join(dir, 'node_modules', name)
    mkdirSync(join(at, '..'), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), at)
  }
})

after(() => {
  if (dir !== '') rmSync(dir, { recursive: true, force: true })
})

function run(command: string, argv: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, argv, { cwd, encoding: 'utf8' })
  assert.equal(status, 0, `${command} ${argv.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

for (const [resolution, module] of [['node16', 'node16'], ['bundler', 'esnext']] as const) {
  test(`a strict program compiles against the package, and its mistakes do not (${resolution})`, {
    skip,
  }, () => {
    writeFileSync(join(dir, 'package.json'), '{"type": "module"}')
    writeFileSync(join(dir, 'use.ts'), CONSUMER)
    const options = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      target: 'es2024',
      lib: ['es2024', 'dom', 'esnext.disposable'],
      types: ['node'],
      module,
      moduleResolution: resolution,
      skipLibCheck: false,
    }
    writeFileSync(
      join(dir, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['use.ts'] }),
    )
    run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', dir], dir)
  })
}

test('the package holds what it is for, and is small', { skip }, () => {
  const held = files(place())
  assert.deepEqual(held.filter((file) => /(?:^|\/)(?:test|bench|fixtures)\//.test(file)), [])
  assert.deepEqual(held.filter((file) => /\.test\.|\.map$|^src\//.test(file)), [])
  for (const file of [...BUILT, 'package.json', 'README.md', 'LICENSE']) {
    assert.ok(held.includes(file), file)
  }
  const packed = readdirSync(dir).find((name) => name.endsWith('.tgz'))!
  assert.ok(statSync(join(dir, packed)).size < 4e6, 'under 4 MB packed')
})
