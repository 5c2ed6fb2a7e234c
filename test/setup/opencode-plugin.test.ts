import assert from 'node:assert/strict'
import { chmodSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { opencodePlugin } from '../../src/setup/opencode-plugin.ts'
import { withPerson } from './helpers.ts'

interface Hooks {
  readonly [event: string]: (input: unknown, output: Record<string, unknown>) => Promise<void>
}

/** The plugin as setup writes it, with a program in Rampart's place. */
async function plugin(
  program: string | undefined,
  body: (hooks: Hooks, at: (name: string) => string) => Promise<void>,
) {
  await withPerson(async ({ put, at }) => {
    if (program !== undefined) {
      put('rampart', `#!/bin/sh\ncat > '${at('event.json')}'\n${program}\n`)
      chmodSync(at('rampart'), 0o755)
    }
    const argv = [at('rampart'), 'hook', '--format', 'opencode']
    const text = opencodePlugin({ command: '', argv, seconds: 30 }, 'Made')
    const path = put('plugin.mjs', text)
    const { RampartPlugin } = await import(pathToFileURL(path).href)
    await body(await RampartPlugin({ directory: '/w' }), at)
  })
}

const INPUT = { tool: 'bash', sessionID: 's', callID: 'c' }
const BEFORE = () => ({ args: { command: 'ls' } })
const AFTER = () => ({ title: 't', metadata: {}, output: 'secret' })

const NO: readonly (readonly [name: string, program: string | undefined, why: RegExp])[] = [
  ['a denial', `echo '{"block":true,"reason":"because"}'`, /because/],
  ['no answer', 'exit 0', /Rampart/],
  ['garbage', 'echo hello', /Rampart/],
  ['an answer of another form', `echo '{"ok":true}'`, /Rampart/],
  ['an answer that is no object', 'echo null', /no object/],
  ['a failure', `echo no way >&2; echo '{}'; exit 1`, /no way/],
  ['a program that is gone', undefined, /cannot be asked/],
]

for (const [name, program, why] of NO) {
  test(`OpenCode's plugin stops a call, and keeps its output back, at ${name}`, () =>
    plugin(program, async (hooks) => {
      await assert.rejects(hooks['tool.execute.before']!(INPUT, BEFORE()), why)
      await assert.rejects(hooks['tool.execute.after']!(INPUT, AFTER()), why)
    }))
}

test("OpenCode's plugin lets a call go its own way, and tells all of it", () =>
  plugin(`echo '{}'`, async (hooks, at) => {
    const output = BEFORE()
    await hooks['tool.execute.before']!(INPUT, output)
    assert.deepEqual(output, BEFORE())
    assert.deepEqual(JSON.parse(readFileSync(at('event.json'), 'utf8')), {
      event: 'tool.execute.before',
      ...INPUT,
      cwd: '/w',
      args: { command: 'ls' },
    })
  }))

test("OpenCode's plugin leaves an output as it is, or shows another in its place", async () => {
  await plugin(`echo '{}'`, async (hooks) => {
    const output = AFTER()
    await hooks['tool.execute.after']!(INPUT, output)
    assert.deepEqual(output, AFTER())
  })
  await plugin(`echo '{"output":{"output":"[hidden]"},"reason":"hidden"}'`, async (hooks) => {
    const output = AFTER()
    await hooks['tool.execute.after']!(INPUT, output)
    assert.deepEqual(output, { ...AFTER(), output: '[hidden]' })
  })
})
