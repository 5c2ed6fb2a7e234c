import assert from 'node:assert/strict'
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { openclawFiles, openclawPlugin } from '../../src/setup/openclaw-plugin.ts'
import { withPerson } from './helpers.ts'

type Handler = (event: object, context: object) => Promise<unknown>
interface Registered {
  readonly handler: Handler
  readonly options: { readonly priority?: number; readonly timeoutMs?: number } | undefined
}

/** The plugin as setup writes it, loaded as OpenClaw does, with a program in Rampart's place. */
async function plugin(
  program: string | undefined,
  body: (hooks: ReadonlyMap<string, Registered>, at: (name: string) => string) => Promise<void>,
  seconds = 30,
) {
  await withPerson(async ({ put, at }) => {
    if (program !== undefined) {
      put('rampart', `#!/bin/sh\ncat > '${at('event.json')}'\n${program}\n`)
      chmodSync(at('rampart'), 0o755)
    }
    const argv = [at('rampart'), 'hook', '--format', 'openclaw']
    const path = put('index.mjs', openclawPlugin({ command: '', argv, seconds }, 'Made'))
    const { default: entry } = await import(pathToFileURL(path).href)
    const hooks = new Map<string, Registered>()
    const resolveAgentWorkspaceDir = (_config: object, agent: string) => `/w/${agent}`
    entry.register({
      config: {},
      runtime: { agent: { resolveAgentWorkspaceDir } },
      on: (name: string, handler: Handler, options?: Registered['options']) =>
        hooks.set(name, { handler, options }),
    })
    await body(hooks, at)
  })
}

const EVENT = { toolName: 'exec', params: { command: 'ls' }, toolCallId: 'c', runId: 'r' }
const CONTEXT = { agentId: 'main', sessionKey: 'agent:main:main', sessionId: 'x' }
const ask = (hooks: ReadonlyMap<string, Registered>) =>
  hooks.get('before_tool_call')!.handler(EVENT, CONTEXT) as Promise<{
    readonly block?: boolean
    readonly blockReason?: string
    readonly requireApproval?: Readonly<Record<string, unknown>>
  }>

const NO: readonly (readonly [name: string, program: string | undefined, why: RegExp])[] = [
  ['a denial', `echo '{"block":true,"reason":"because"}'`, /because/],
  ['a denial that is a question too', `echo '{"block":true,"ask":true,"reason":"no"}'`, /no/],
  ['a question without a word', `echo '{"ask":true}'`, /denied/],
  ['no answer', 'exit 0', /Rampart/],
  ['garbage', 'echo hello', /Rampart/],
  ['an answer of another form', `echo '{"ok":true}'`, /Rampart/],
  ['a list', `echo '["a"]'`, /Rampart/],
  ['an answer that is no object', 'echo null', /no object/],
  ['a failure', `echo no way >&2; echo '{}'; exit 1`, /no way/],
  ['a signal', 'kill -9 $$', /Rampart/],
  ['a program that is gone', undefined, /cannot be asked/],
]

for (const [name, program, why] of NO) {
  test(`OpenClaw's plugin blocks a call, and never throws, at ${name}`, () =>
    plugin(program, async (hooks) => {
      const { block, blockReason, requireApproval } = await ask(hooks)
      assert.equal(block, true)
      assert.match(blockReason!, why)
      assert.equal(requireApproval, undefined)
      await hooks.get('after_tool_call')!.handler({ ...EVENT, result: 'x' }, CONTEXT)
    }))
}

test("OpenClaw's plugin blocks a call whose hook hangs, before OpenClaw gives it up", () =>
  plugin('exec sleep 3600', async (hooks) => {
    const { options } = hooks.get('before_tool_call')!
    assert.ok(options!.timeoutMs! > 1000)
    assert.equal((await ask(hooks)).block, true)
  }, 1))

test("OpenClaw's plugin lets a call go its own way, and tells all of it", () =>
  plugin(`echo '{}'`, async (hooks, at) => {
    assert.equal(await ask(hooks), undefined)
    assert.deepEqual(JSON.parse(readFileSync(at('event.json'), 'utf8')), {
      event: 'before_tool_call',
      toolName: 'exec',
      params: { command: 'ls' },
      toolCallId: 'c',
      sessionKey: 'agent:main:main',
      sessionId: 'x',
      cwd: '/w/main',
    })
    await hooks.get('after_tool_call')!.handler({ ...EVENT, result: { content: [] } }, CONTEXT)
    const after = JSON.parse(readFileSync(at('event.json'), 'utf8'))
    assert.deepEqual([after.event, after.result], ['after_tool_call', { content: [] }])
  }))

test('F45 what OpenClaw asks its people can be allowed once or denied, never for always', () =>
  plugin(`printf '{"ask":true,"reason":"%01000d"}' 7`, async (hooks) => {
    const { requireApproval, block } = await ask(hooks)
    assert.equal(block, undefined)
    assert.deepEqual(requireApproval!['allowedDecisions'], ['allow-once', 'deny'])
    // Its gateway cuts longer ones off, or refuses them.
    assert.ok(String(requireApproval!['title']).length <= 80)
    assert.equal(String(requireApproval!['description']).length, 500)
    assert.ok(Number(requireApproval!['timeoutMs']) <= 600_000)
  }))

test("OpenClaw's loader finds the files that name one another", () => {
  const call = { command: '', argv: ['/r'], seconds: 3 }
  const files = new Map(openclawFiles('Made').map(({ path, text }) => [path, text(call)]))
  const about = JSON.parse(files.get('package.json')!)
  assert.deepEqual(about.openclaw.extensions, ['./index.js'])
  assert.equal(about.type, 'module')
  const manifest = JSON.parse(files.get('openclaw.plugin.json')!)
  assert.deepEqual([manifest.id, manifest.activation.onStartup], ['rampart', true])
  assert.match(files.get('index.js')!, /id: 'rampart'/)
})

test('setup openclaw puts the plugin into its directory, and --remove leaves nothing of it', () =>
  withPerson(async ({ put, at, rampart }) => {
    const settings = '{ // mine\n  gateway: { auth: { token: "t" } },\n}\n'
    put('.openclaw/openclaw.json', settings)
    assert.equal((await rampart('setup', 'openclaw', '--check')).code, 1)
    assert.match((await rampart('setup', 'openclaw', '--dry-run')).out, /would be made .*index\.js/)
    assert.equal(existsSync(at('.openclaw/extensions')), false)
    assert.equal((await rampart('setup', 'openclaw')).code, 0)
    const names = readdirSync(at('.openclaw/extensions/rampart')).sort()
    assert.deepEqual(names, ['index.js', 'openclaw.plugin.json', 'package.json'])
    assert.equal((await rampart('setup', 'openclaw', '--check')).code, 0)
    assert.equal((await rampart('setup', 'openclaw', '--project')).code, 3)
    assert.equal((await rampart('setup', 'openclaw', '--remove')).code, 0)
    assert.deepEqual(readdirSync(at('.openclaw')), ['openclaw.json'])
    assert.equal(readFileSync(at('.openclaw/openclaw.json'), 'utf8'), settings)
  }))

test("setup openclaw leaves somebody else's plugin of that name alone", () =>
  withPerson(async ({ put, at, rampart }) => {
    put('.openclaw/extensions/rampart/index.js', 'export default {}\n')
    assert.equal((await rampart('setup', 'openclaw')).code, 3)
    assert.deepEqual(readdirSync(at('.openclaw/extensions/rampart')), ['index.js'])
    await rampart('setup', 'openclaw', '--remove')
    assert.equal(
      readFileSync(at('.openclaw/extensions/rampart/index.js'), 'utf8'),
      'export default {}\n',
    )
  }))
