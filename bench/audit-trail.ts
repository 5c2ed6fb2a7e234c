import { closeSync, fdatasyncSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fileName } from '../src/adapters/audit-files.ts'
import { sha256 } from '../src/adapters/hash.ts'
import { ulids } from '../src/adapters/ids.ts'
import { GENESIS, type Head, sealEvent } from '../src/audit/chain.ts'
import type { EventDraft } from '../src/audit/event.ts'

const FILE_BYTES = 100 << 20
const LINES = 2000
/** 2026-11-01T00:00:00.000Z, and so many events a second from there. */
const FROM = 1_793_491_200_000
const STEP_MS = 20

const AGENTS = ['claude', 'codex', 'cursor', 'aider', 'ci']
const COMMANDS = [
  'git status',
  'npm ci && npm test -- --run',
  'rm -rf ./build dist',
  'grep -rn "TODO" src | head -20',
  'curl -fsSL https://example.test/install.json | jq -r .version',
  'docker build -t app:latest . && docker push registry.test/app:latest',
]
const ACTIONS = ['allow', 'allow', 'allow', 'log', 'allow', 'deny', 'allow', 'require_approval']

/** A trail of so many events as a server would have written it, made as fast as they can be sealed; its bytes. */
export function makeTrail(dir: string, events: number): number {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  let time = FROM
  const ids = ulids({ now: () => time, monotonic: () => time, sleep: () => Promise.resolve() })
  let head: Head = GENESIS
  let total = 0
  for (let made = 0, part = 0; made < events; part++) {
    const file = openSync(join(dir, fileName('2026-11-01', part)), 'wx', 0o600)
    for (let size = 0; size < FILE_BYTES && made < events;) {
      let text = ''
      for (let line = 0; line < LINES && made < events; line++, made++) {
        time = FROM + made * STEP_MS % 86_000_000
        const sealed = sealEvent(draftOf(made, time, ids.next()), head, sha256)
        text += `${sealed.line}\n`
        head = sealed.event
      }
      size += writeSync(file, text)
      total += text.length
    }
    fdatasyncSync(file)
    closeSync(file)
  }
  return total
}

function draftOf(index: number, time: number, id: string): EventDraft {
  const action = ACTIONS[index % ACTIONS.length]!
  return {
    id,
    time: new Date(time).toISOString(),
    kind: 'decision',
    agent: AGENTS[index % AGENTS.length]!,
    session: `session-${index >> 8}`,
    tool_call_id: `call-${index}`,
    tool: 'exec',
    request: { cwd: '/home/dev/project', params: { command: COMMANDS[index % COMMANDS.length]! } },
    decision: {
      action,
      eval_us: 20 + index % 60,
      message: action === 'allow' ? 'No rule objects' : 'The policies say so',
      policy: 'standard',
      rule: 'destructive-commands',
    },
    enforced: true,
    mode: 'enforce',
    via: 'http',
    principal: 'token:01M80ZYP8YB1XVPHJ4GG',
  }
}
