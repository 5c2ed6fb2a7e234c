import process from 'node:process'
import {
  memoryApprovals,
  memoryAuditLog,
  memoryCounter,
  memoryGrants,
  memoryHookedCalls,
  memoryOnce,
  memoryReader,
  memorySwitches,
  memoryTokens,
  memoryWebhooks,
} from '../adapters/memory.ts'
import { createApp } from '../http/app.ts'
import { collectGarbage } from '../runtime/memory.ts'
import { createApi } from '../service/create-api.ts'
import type { Services } from '../service/services.ts'

/** What is asked: [path, body], of the kinds that edges send all day. Nobody is asked, nothing is fetched. */
const LINES = [
  'git status',
  'ls -la src && cat README.md',
  'npm test 2>&1 | tail -20',
  `grep -rn "TODO" src --include='*.ts' | head`,
  'cd build && make -j4',
  `python3 -c 'print(1)'`,
  'for f in *.txt; do wc -l "$f"; done',
  'rm -rf /',
]
const PROGRAMS = [
  ['/bin/true', 'true'],
  ['/usr/bin/git', 'git', 'diff', '--stat'],
  ['/usr/bin/cc', 'cc', '-O2', '-c', 'a.c', '-o', 'a.o'],
  ['/bin/cat', 'cat', 'src/main.c'],
]
const TOOLS: readonly (readonly [name: string, input: Record<string, string>])[] = [
  ['Bash', { command: 'git log --oneline -5' }],
  ['Read', { file_path: '/srv/project/src/a.ts' }],
  ['Edit', { file_path: '/srv/project/src/a.ts', old_string: 'a', new_string: 'b' }],
  ['Grep', { pattern: 'x', path: '/srv/project' }],
  ['WebFetch', { url: 'https://example.com/', prompt: 'x' }],
]

const CWD = '/'

function* requests(): Generator<readonly [path: string, body: object]> {
  const seen = { agent: 'agent', session: 'session', cwd: CWD, enforce: true, pid: process.pid }
  for (const command of LINES) {
    yield ['/v1/preflight/exec', { ...seen, layer: 'shim', params: { command, shell: 'bash' } }]
  }
  for (const [program, ...argv] of PROGRAMS) {
    yield ['/v1/preflight/exec', { ...seen, layer: 'preload', params: { program, argv } }]
  }
  for (const [tool_name, tool_input] of TOOLS) {
    yield ['/v1/hook/claude-code', {
      session_id: 'session',
      cwd: CWD,
      permission_mode: 'default',
      hook_event_name: 'PreToolUse',
      tool_name,
      tool_input,
      tool_use_id: 'call',
    }]
  }
}

/** Who starts a server has it to himself first, and one that soon ends costs nothing more. */
const FIRST_MS = 1000
/** So often each is asked: what comes after gains little. */
const ROUNDS = 60
/** Who really asks meanwhile waits no longer than one answer takes, and most find nobody before them. */
const PAUSE_MS = 2

/**
 * Answer ordinary calls to nobody until the runtime has compiled what answers them: a call costs some three
 * times as much before. All that they would touch is memory of their own; the policies are those in force.
 */
export async function warmUp(
  services: Services,
  signal: AbortSignal,
  { rounds = ROUNDS, firstMs = FIRST_MS } = {},
): Promise<void> {
  await services.clock.sleep(firstMs, signal)
  const app = createApp(createApi(shadowOf(services), { adminTokenHash: '' }), {
    settings: services.settings,
    host: 'localhost',
  })
  const env = { transport: 'socket', uid: process.getuid?.() } as const
  // Where a policy asks a person about such a call, the hook waits for nobody.
  const headers = { 'content-type': 'application/json', 'rampart-timeout-ms': '20' }
  for (let round = 0; round < rounds; round++) {
    for (const [path, body] of requests()) {
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      await app.fetch(new Request(`http://localhost${path}`, init), env)
      await services.clock.sleep(PAUSE_MS, signal)
    }
  }
  collectGarbage()
}

/** The same services where nothing that is done lasts, or is seen by anybody. */
function shadowOf(services: Services): Services {
  const audit = memoryAuditLog(100)
  return {
    ...services,
    policies: { ...services.policies, onChange: () => () => {} },
    audit,
    reader: memoryReader(audit.events),
    proofs: undefined,
    trail: undefined,
    feed: undefined,
    sinks: undefined,
    notifier: undefined,
    links: undefined,
    overlay: undefined,
    approvals: memoryApprovals(),
    tokens: memoryTokens(),
    counter: memoryCounter(),
    once: memoryOnce(),
    grants: memoryGrants(),
    switches: memorySwitches(),
    hooked: memoryHookedCalls(100),
    webhooks: memoryWebhooks(),
    log: { error() {}, warn() {}, info() {} },
  }
}
