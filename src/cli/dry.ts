import process from 'node:process'
import { systemClock } from '../adapters/clock.ts'
import { createFactReader } from '../adapters/fact-reader.ts'
import { memoryGrants } from '../adapters/memory-grants.ts'
import { createStderrLog } from '../adapters/stderr-log.ts'
import type { AuditEvent } from '../audit/event.ts'
import { parseJson } from '../engine/json.ts'
import type { Identity, Json } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import { TOOLS } from '../intercept/tools.ts'
import type { ApprovalStore, AuditLog, TokenStore, TrailReader } from '../ports.ts'
import type { DecideRequest, Services, Settings } from '../service/services.ts'
import { type Invocation, textFlag } from './command.ts'
import { parsesOf, refusing } from './local-parts.ts'
import { openPolicies } from './policy-sources.ts'
import { VERSION } from './version.ts'

/** The person at the terminal: sees traces, asks nobody, and is bound to no agent. */
const IDENTITY: Identity = {
  principal: 'admin',
  agent: 'cli',
  session: 'cli',
  bound: new Set(),
}

const SETTINGS: Settings = {
  version: VERSION,
  mode: 'enforce',
  failure: 'closed',
  approvalTimeoutMs: 0,
  onNoApprover: 'wait',
  previewsPerMinute: 1_000_000,
  previewBurst: 1_000_000,
  startedAt: 0,
  hosts: [],
}

/** A person waits rather than being told what a busy machine made of it. */
const FACTS_MS = 2000

/** What a dry run is made against. */
type Dry = Pick<Services, 'policies' | 'facts' | 'clock' | 'log'>

/**
 * Services for a dry run in this process: the real policies, files and clock, but no store. A dry run
 * asks nobody, counts nothing and claims nothing (security.md F29), so what would do that refuses.
 */
export async function dryServices(
  invocation: Invocation,
  policy = textFlag(invocation, 'policy'),
): Promise<Services> {
  const clock = systemClock()
  const log = createStderrLog({ level: 'error' })
  const facts = createFactReader({ budgetMs: FACTS_MS, monotonic: () => clock.monotonic() })
  const { home } = invocation.environment
  const profile = textFlag(invocation, 'profile')
  const choice = { policy, profile, alone: profile !== undefined }
  const ports = { clock, log, facts }
  const parses = await parsesOf(home)
  const policies = await openPolicies(invocation.environment, choice, ports, false, parses)
  return dryRun({ ...ports, policies })
}

/** The same over policies, files and a clock that are given. */
export function dryRun(dry: Dry): Services {
  return {
    ...dry,
    settings: SETTINGS,
    audit: unrecorded(),
    reader: refusing<TrailReader>('reader'),
    approvals: refusing<ApprovalStore>('approvals'),
    tokens: refusing<TokenStore>('tokens'),
    counter: { record: () => Promise.resolve(), count: () => 0 },
    once: { claimed: () => false, claim: () => Promise.resolve(true) },
    grants: memoryGrants(),
    switches: { offUntil: () => undefined, set: () => Promise.resolve() },
    webhooks: { ask: () => Promise.resolve({ verdict: 'failed', reason: 'dry run' }) },
    ids: { next: () => UNRECORDED },
  }
}

/** What is in no trail has no name there. */
const UNRECORDED = '00000000000000000000000000'

/** What a person tries out at a terminal is no decision about an agent, so it leaves no record. */
function unrecorded(): AuditLog {
  return {
    append: (drafts) => Promise.resolve(drafts as readonly AuditEvent[]),
    query: () => Promise.resolve([]),
    head: () => ({ seq: 0, hash: '' }),
    close: () => Promise.resolve(),
  }
}

const PARAMETER = { exec: 'command', read: 'path', write: 'path', fetch: 'url' } as const

/** What stands on the command line as a call: a command, a path, a URL, or JSON parameters. */
export function dryRequest(
  operand: string,
  options: { readonly tool?: string | undefined; readonly cwd?: string | undefined },
): DecideRequest {
  const tool = options.tool ?? 'exec'
  return {
    tool,
    identity: IDENTITY,
    params: paramsOf(tool, operand),
    cwd: options.cwd ?? process.cwd(),
    intent: 'preview',
    via: 'cli',
    explain: true,
  }
}

/** A command, path or URL as the parameters of its tool; JSON for one that takes none of them. */
export function paramsOf(tool: string, operand: string): Readonly<Record<string, Json>> {
  const row = TOOLS.get(tool.toLowerCase())
  if (row !== undefined) return { [PARAMETER[row.class]]: operand }
  try {
    const params = parseJson(operand)
    if (typeof params === 'object' && params !== null && !Array.isArray(params)) {
      return params as Readonly<Record<string, Json>>
    }
  } catch {
    // Said below.
  }
  throw new RampartError('usage', `--tool ${tool} needs its parameters as JSON: '{"path": "…"}'`)
}
