// One file for workerd and for this runtime: the app on memory, over the built-in profile `standard`.
import {
  createApi,
  createApp,
  evaluate,
  memoryFacts,
  memoryServices,
  normaliseCall,
  readPolicies,
} from '../../src/mod.ts'

const TOKEN = 'e'.repeat(64)
const POLICIES = `version: "1"
extends: standard
default_action: allow
policies:
  - name: own
    match: {tool: [exec, read, fetch]}
    rules:
      - {action: deny, when: {response_matches: ["KEY[0-9]+"]}, message: a key}
      - {action: require_approval, when: {command_matches: ["deploy*"]}, message: ask}
`

let app: ReturnType<typeof createApp> | undefined
let read: ReturnType<typeof readPolicies> | undefined

const policies = () => read ??= readPolicies(POLICIES)

async function appOf(): Promise<ReturnType<typeof createApp>> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(TOKEN))
  const adminTokenHash = Array.from(
    new Uint8Array(digest),
    (byte) => byte.toString(16).padStart(2, '0'),
  ).join('')
  const services = memoryServices(policies())
  const { settings } = services
  return createApp(createApi(services, { adminTokenHash }), { settings, host: '127.0.0.1' })
}

/** What the engine alone says of a call. */
function engineAnswer(tool: string, params: Record<string, never>): string {
  const identity = { principal: 'p', agent: 'a', session: 's', bound: new Set<never>() }
  const call = normaliseCall({ tool, params, identity, cwd: '/w', homes: ['/home/me'] })
  const facts = memoryFacts()
  const { action, winner } = evaluate(policies(), call, {
    now: 0,
    homes: [facts.home()],
    namesOf: (path) => [path],
    callCount: () => 0,
    claimed: () => false,
  }, false)
  return JSON.stringify({ action, rule: winner?.rule ?? null })
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/engine') {
      const { tool, params } = await request.json() as {
        tool: string
        params: Record<string, never>
      }
      return new Response(engineAnswer(tool, params))
    }
    app ??= await appOf()
    const headers = new Headers(request.headers)
    headers.set('authorization', `Bearer ${TOKEN}`)
    headers.set('host', '127.0.0.1')
    const body = request.method === 'GET' ? null : await request.arrayBuffer()
    return await app.fetch(
      new Request(`http://127.0.0.1${pathname}`, { method: request.method, headers, body }),
    )
  },
}
