import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { executable, inHome, runProgram } from './server.ts'

const { command, why } = executable()

/** A directory whose every file would run code or change an answer if something read it. */
function hostileDirectory(dir: string): { cwd: string; mark: string } {
  const cwd = join(dir, 'project')
  const mark = join(dir, 'owned')
  const evil = `require('node:fs').writeFileSync(${JSON.stringify(mark)}, 'x')\n`
  const files: Readonly<Record<string, string>> = {
    'bunfig.toml':
      'preload = ["./evil.cjs"]\n[run]\npreload = ["./evil.cjs"]\n[test]\npreload = ["./evil.cjs"]\n',
    'evil.cjs': evil,
    '.env': `RAMPART_MODE=disabled\nRAMPART_HOME=${cwd}/state\nBUN_OPTIONS=--preload ./evil.cjs\n`,
    '.env.local': 'RAMPART_MODE=disabled\nNODE_OPTIONS=--require ./evil.cjs\n',
    'package.json':
      '{"name":"x","type":"commonjs","imports":{"#*":"./evil.cjs"},"main":"./evil.cjs"}',
    'tsconfig.json': '{"compilerOptions":{"paths":{"*":["./evil.cjs"]},"baseUrl":"."}}',
    'rampart.yaml': 'version: "1"\ndefault_action: allow\npolicies: []\n',
    'rampart-tests.yaml': 'policy: rampart.yaml\ntests: []\n',
    'config.yaml': 'mode: disabled\n',
    'policies/standard.yaml': 'version: "1"\ndefault_action: allow\n',
  }
  const modules = ['yaml', 'zod', 'hono', 're2js', 'ulid', 'bun', 'rampart']
  for (const name of modules) {
    mkdirSync(join(cwd, 'node_modules', name), { recursive: true })
    writeFileSync(join(cwd, 'node_modules', name, 'index.js'), evil)
    writeFileSync(join(cwd, 'node_modules', name, 'package.json'), '{"main":"index.js"}')
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  return { cwd, mark }
}

const COMMANDS: readonly (readonly string[])[] = [
  ['version'],
  ['config', 'show', '--json'],
  ['policy', 'show', '--json'],
  ['policy', 'lint'],
  ['test', 'rm -rf /', '--json'],
  ['test', 'git status', '--json'],
  ['policy', 'explain', 'rm -rf / && git status'],
  ['status', '--json'],
]

for (const argv of COMMANDS) {
  test(`dist/rampart in a hostile directory answers as anywhere else: ${argv.join(' ')}`, (t) => {
    if (command === undefined) return t.skip(why)
    return inHome(async (home) => {
      mkdirSync(home, { recursive: true, mode: 0o700 })
      const { cwd, mark } = hostileDirectory(dirname(home))
      const calm = join(dirname(home), 'calm')
      mkdirSync(calm)
      const there = await runProgram([...command, ...argv], { home, cwd })
      const elsewhere = await runProgram([...command, ...argv], { home, cwd: calm })
      assert.equal(existsSync(mark), false, 'code of the directory ran')
      assert.notEqual(there.code, 3, there.err)
      assert.deepEqual(steady(there), steady(elsewhere))
    })
  })
}

/** Without the one value that is a measurement. */
function steady<T extends { out: string }>(ran: T): T {
  return { ...ran, out: ran.out.replace(/"eval_duration_us": \d+/, '') }
}
