import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { systemClock } from '../../src/adapters/clock.ts'
import { warmUp } from '../../src/cli/warm.ts'
import { bench } from '../helpers/service.ts'

/** Whatever a call can leave behind, each call of the warm-up would leave. */
const EVERYTHING = `version: "1"
default_action: allow
policies:
  - name: counts
    rules:
      - {action: log, when: {call_count: {tool: exec, gte: 1, window: 1h}}}
  - name: claims
    rules:
      - {action: deny, once: true, when: {command_matches: ["git *"]}}
  - name: asks
    rules:
      - {action: require_approval, when: {command_matches: ["npm *"]}}
  - name: calls
    rules:
      - action: webhook
        when: {command_matches: ["ls *"]}
        webhook: {url: "https://hook.example/", timeout: 1s}
`

function warming() {
  const made = bench(EVERYTHING)
  let judged = 0
  const { policies } = made.services
  const services = {
    ...made.services,
    clock: systemClock(),
    policies: {
      ...policies,
      forProject(cwd: string | undefined) {
        judged += 1
        return policies.forProject(cwd)
      },
    },
  }
  return { ...made, services, judged: () => judged }
}

// A server is kept alive by its sockets; here nothing is.
const alive = setInterval(() => {}, 1000)
after(() => clearInterval(alive))

test('warming up answers calls by the policies in force, and leaves nothing of them', async () => {
  const { services, judged, trail, approvals, counted, claimed, logged, asked } = warming()
  await warmUp(services, new AbortController().signal, { rounds: 2, firstMs: 0 })
  assert.ok(judged() >= 30, `${judged()} calls were judged`)
  assert.deepEqual(
    { trail, approvals: approvals.size, counted, claimed: claimed.size, logged, asked },
    { trail: [], approvals: 0, counted: [], claimed: 0, logged: [], asked: [] },
  )
})

test('a server that ends does not wait for it', async () => {
  const { services, judged } = warming()
  const ending = new AbortController()
  const warm = warmUp(services, ending.signal, { rounds: 1_000_000, firstMs: 0 })
  while (judged() === 0) await new Promise((resolve) => setImmediate(resolve))
  ending.abort()
  await assert.rejects(warm, { name: 'AbortError' })
})

test('one that ends at once was never warmed', async () => {
  const { services, judged } = warming()
  await assert.rejects(warmUp(services, AbortSignal.abort()), { name: 'AbortError' })
  assert.equal(judged(), 0)
})
