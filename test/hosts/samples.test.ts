import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parseJson } from '../../src/engine/json.ts'
import type { Json } from '../../src/engine/types.ts'
import type { HostName } from '../../src/hosts/host.ts'
import { loadHost, recogniseHost } from '../../src/hosts/load.ts'
import { hookBench } from '../helpers/hook.ts'

const here = fileURLToPath(new URL('../fixtures/hosts/samples', import.meta.url))
const shared = fileURLToPath(new URL('../../../shared/agents/samples', import.meta.url))

/** Whose events lie in a directory. */
function hostIn(directory: string): HostName {
  const name = directory.replace(/-(?:all-events|gpt-.*)$/, '')
  return name === 'claude' ? 'claude-code' : name as HostName
}

interface Sample {
  readonly path: string
  readonly host: HostName
  readonly event: Readonly<Record<string, Json>>
}

function samplesIn(root: string): Sample[] {
  return globSync('*/*.json', { cwd: root })
    .filter((path) => !path.endsWith('declared-tools.json'))
    .map((path) => ({
      path,
      host: hostIn(path.split(/[\\/]/)[0]!),
      event: parseJson(readFileSync(`${root}/${path}`, 'utf8')) as Sample['event'],
    }))
}

const own = samplesIn(here)

const BEFORE = /\.(?:[Pp]reToolUse|BeforeTool|tool_call|before\.tool\.execute)\.json$/
const AFTER = /\.(?:[Pp]ostToolUse(?:Failure)?|AfterTool|tool_result|after\.tool\.execute)\.json$/

test('every captured event is read, and known for its host where nobody says whose it is', async () => {
  assert.ok(own.length > 200, `${own.length} samples`)
  for (const { path, host, event } of own) {
    const decoded = (await loadHost(host))!.decode(event, { home: '/home/dev' })
    assert.equal(decoded.kind === 'call', BEFORE.test(path) || AFTER.test(path), path)
    if (decoded.kind === 'notice') continue
    assert.equal((await recogniseHost(event))?.name, host, path)
    assert.ok(decoded.targets.length > 0 && decoded.session !== '', path)
    assert.equal(decoded.when, BEFORE.test(path) ? 'before' : 'after', path)
    assert.equal(decoded.output !== undefined, AFTER.test(path), path)
  }
})

test('what was captured of a key or of the agent is denied by each host, the rest is not', async () => {
  for (const { path, host, event } of own) {
    if (!BEFORE.test(path)) continue
    const { send, trail } = hookBench()
    // So little time that no person is waited for.
    await send(host, event, { deadlineMs: 100 })
    const denied = trail.some(({ decision }) => decision.action === 'deny')
    const wanted = JSON.stringify(event).includes('id_rsa') || path.includes('authorized')
    // The directory is known by the session alone there.
    assert.equal(
      denied,
      wanted || path.includes('workdir'),
      `${path} ${trail[0]?.decision.message}`,
    )
  }
})

test('the samples beside the repository are read, too', async (t) => {
  if (!existsSync(shared)) return t.skip('there are none on this machine')
  for (const { path, host, event } of samplesIn(shared)) {
    const codec = (await loadHost(host))!
    assert.doesNotThrow(() => codec.decode(event, { home: '/home/dev' }), path)
  }
})
