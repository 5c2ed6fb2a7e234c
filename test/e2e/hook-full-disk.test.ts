import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { parse } from 'yaml'
import { HOST_NAMES, type HostName } from '../../src/hosts/host.ts'
import { LAST_WORDS } from '../../src/hosts/refusals.ts'
import { HOOK_POLICY } from '../helpers/hook.ts'
import { build, run, SHIM, whyNot } from '../shim/bench.ts'
import { ownRuntime, type Ran, runProgram, startServer } from './server.ts'
import { fill, onSmallDisk } from './small-disk.ts'

const at = (path: string) => new URL(`../fixtures/hosts/${path}`, import.meta.url)

interface Case {
  readonly name: string
  readonly sample?: string
  readonly event?: object
  readonly change?: object
}

/** The event of a golden answer. */
function eventOf(host: HostName, name: string): string {
  const cases = parse(readFileSync(at(`${host}.yaml`), 'utf8')) as Case[]
  const { sample, event = {}, change } = cases.find((one) => one.name === name)!
  const base = sample === undefined
    ? event
    : JSON.parse(readFileSync(at(`samples/${sample}`), 'utf8'))
  return JSON.stringify({ ...base, ...change })
}

/** Whether the host blocks the call: its own form of a denial with our reason, or the code that it takes for one. */
function isBlocked(host: HostName, { code, out, err }: Ran): boolean {
  if (code === 2) return LAST_WORDS[host].exitsTwo && /Rampart/.test(err)
  if (code !== 0) return false
  const form = (value: unknown) =>
    JSON.stringify(value, (_, one) => typeof one === 'string' && /Rampart/.test(one) ? 'R' : one)
  return form(JSON.parse(out)) === form(LAST_WORDS[host].refuse('Rampart'))
}

const POSTURES = [['closed', '0'], ['open', '1']] as const

async function inFullHome(
  t: TestContext,
  body: (home: string, full: () => void) => Promise<void>,
): Promise<void> {
  await onSmallDisk(t, '4m', async (home) => {
    mkdirSync(join(home, 'policies'), { mode: 0o700 })
    writeFileSync(join(home, 'policies', 'hosts.yaml'), HOOK_POLICY, { mode: 0o600 })
    await body(home, () => fill(join(home, 'fill')))
  })
}

for (const [posture, open] of POSTURES) {
  const env = { RAMPART_FAIL_OPEN: open }

  test(`F6 ${posture}: a hook without a server on a full disk lets nothing run that could not be recorded`, (t) =>
    inFullHome(t, async (home, full) => {
      full()
      for (const host of ['claude-code', 'codex', 'cline'] as const) {
        for (const name of ['allow', 'deny']) {
          const words = [...ownRuntime(), 'hook', '--format', host]
          const ran = await runProgram(words, { home, input: eventOf(host, name), env })
          assert.ok(isBlocked(host, ran), `${host} ${name}: ${JSON.stringify(ran)}`)
        }
      }
    }))

  test(`F6 ${posture}: a hook before a server whose disk is full does as the posture says`, {
    skip: whyNot(),
  }, (t) =>
    inFullHome(t, async (home, full) => {
      build()
      const server = await startServer(ownRuntime(), home, { env })
      const hook = (host: HostName, name: string) => {
        const words = ['hook', host, '--bin', '/bin/false', '--home', home]
        const more = ['--socket', server.socket, '--timeout-ms', '60000']
        return run(SHIM, [...words, ...more], { input: eventOf(host, name), env })
      }
      full()
      // What the trail has kept in reserve is used up first.
      const isHeld = async () => isBlocked('claude-code', await hook('claude-code', 'allow'))
      for (let tries = 0; tries < 40 && !await isHeld(); tries++);
      for (const host of HOST_NAMES) {
        const allowed = await hook(host, 'allow')
        assert.equal(
          isBlocked(host, allowed),
          posture === 'closed',
          `${host}: ${JSON.stringify(allowed)}`,
        )
        const denied = await hook(host, 'deny')
        assert.ok(isBlocked(host, denied), `${host}: ${JSON.stringify(denied)}`)
      }
      await server.end()
    }))
}
