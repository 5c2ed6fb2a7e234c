import { systemClock } from '../../adapters/clock.ts'
import { randomHex } from '../../adapters/hash.ts'
import { canaries, type Canary, eventOf, type Heard, heardIn } from '../../setup/canaries.ts'
import type { HookCall } from '../../setup/command-line.ts'
import type { Host } from '../../setup/hosts.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { auditDirectory, type Config, loadConfig } from '../config.ts'
import { callWith } from '../setup/hosts.ts'
import { plannedInstall } from '../setup/install.ts'
import { type Target, targetsOf } from '../setup/place.ts'
import { isTrustedIn } from '../setup/trust.ts'
import { type Installed, installedHooks } from './installed.ts'
import { agoText, lastRealCall } from './last-call.ts'
import { runHook } from './run-hook.ts'

/** `open`: neither shown nor refuted. */
export interface Check {
  readonly id: 'config' | 'deny' | 'benign' | 'trust' | 'called' | 'http-deny' | 'http-benign'
  readonly status: 'proved' | 'failed' | 'open'
  readonly detail: string
  readonly fix?: string
}

export interface Verified {
  readonly host: Host
  readonly checks: readonly Check[]
}

/** The same for all hosts, looked up once. */
export interface Known {
  readonly settings: Config
  readonly now: number
}

export async function whatIsKnown({ environment, flags }: Invocation): Promise<Known> {
  const settings = await loadConfig(environment, { serving: false, flags })
  return { settings, now: systemClock().now() }
}

const USER = { kind: 'user' } as const

/** Agents that are looked at together: each starts two hooks, and their time is limited. */
export const AT_ONCE = 2

/** Everything that can be shown of a host without running it. */
export async function verifyHost(
  host: Host,
  invocation: Invocation,
  { settings, now }: Known,
): Promise<Verified> {
  const { environment } = invocation
  const targets = targetsOf(host, USER, environment)
  const [config, hooks, trust, called] = await Promise.all([
    configCheck(host, targets, callWith(host, environment, settings)),
    installedHooks(targets),
    trustCheck(host, invocation),
    calledCheck(host, auditDirectory(environment.home, settings), nonceFlag(invocation), now),
  ])
  const answers = await Promise.all(
    canaries(environment.home).map((canary) => adapterCheck(host, hooks, canary, invocation)),
  )
  return { host, checks: [config, ...answers, ...trust, called] }
}

async function configCheck(
  host: Host,
  targets: readonly Target[],
  call: HookCall,
): Promise<Check> {
  const fix = `rampart setup ${host.name}`
  try {
    const changes = await plannedInstall(targets, call)
    const wrong = changes.filter(({ kind }) => kind !== 'none')
    if (wrong.length === 0) {
      return { id: 'config', status: 'proved', detail: changes[0]!.target.path }
    }
    const why = wrong.some(({ kind }) => kind === 'create') ? 'missing' : 'not as setup writes it'
    return { id: 'config', status: 'failed', detail: `${wrong[0]!.target.path}: ${why}`, fix }
  } catch (error) {
    return { id: 'config', status: 'failed', detail: (error as Error).message, fix }
  }
}

/** The installed command itself, started as the host starts it. */
async function adapterCheck(
  host: Host,
  hooks: readonly Installed[],
  canary: Canary,
  { environment }: Invocation,
): Promise<Check> {
  const fix = `rampart setup ${host.name}`
  const id = canary.name
  if (hooks.length === 0) return { id, status: 'failed', detail: 'no hook to be asked', fix }
  const runs = await Promise.all(hooks.map(async ({ command }) => {
    const event = eventOf(host.name, canary, `verify-${randomHex(8)}`, environment.userHome)
    const ran = await runHook(command, host.shell, event, environment)
    return { ...ran, heard: heardIn(host.name, ran) }
  }))
  const worst = runs.find(({ heard }) => !isExpected(id, heard)) ?? runs[0]!
  if (isExpected(id, worst.heard)) {
    const said = worst.heard === 'deny' ? 'denied' : worst.heard === 'ask' ? 'asked' : 'let pass'
    return { id, status: 'proved', detail: `${said} by the installed hook` }
  }
  // What policies deny of everything is their business; a hook that denies because it broke is not.
  if (worst.heard === 'deny') {
    return { id, status: 'open', detail: 'the policies, or a failure, deny even "echo"' }
  }
  const said = worst.err.trim().split('\n').at(-1) ?? ''
  const detail = worst.heard === 'broken'
    ? `the hook gave no answer (code ${worst.code})${said === '' ? '' : `: ${said}`}`
    : `the hook answered ${worst.heard} to a call that is denied`
  return { id, status: 'failed', detail, fix }
}

const isExpected = (name: Canary['name'], heard: Heard) =>
  name === 'deny' ? heard === 'deny' : heard !== 'deny' && heard !== 'broken'

async function trustCheck(host: Host, { environment }: Invocation): Promise<Check[]> {
  const trust = await isTrustedIn(host, USER, environment)
  if (trust === undefined) return []
  if (trust.state === 'trusted') return [{ id: 'trust', status: 'proved', detail: 'codex runs it' }]
  const status = trust.state === 'untrusted' ? 'failed' : 'open'
  return [{ id: 'trust', status, detail: trust.why, fix: 'rampart setup codex' }]
}

/** What the agent is told to run so that it is seen to ask by itself. */
export const nonceCommand = (nonce: string): string => `echo rampart-${nonce}`

async function calledCheck(
  host: Host,
  dir: string,
  nonce: string | undefined,
  now: number,
): Promise<Check> {
  const then = await lastRealCall(dir, host, nonce === undefined ? undefined : `rampart-${nonce}`)
    .catch(() => undefined)
  if (then !== undefined) {
    const what = nonce === undefined ? 'last real call' : `asked about rampart-${nonce}`
    return { id: 'called', status: 'proved', detail: `${what} ${agoText(then, now)}` }
  }
  return nonce === undefined
    ? { id: 'called', status: 'open', detail: 'no call of its own in the trail yet' }
    : { id: 'called', status: 'failed', detail: `it never asked about "${nonceCommand(nonce)}"` }
}

/** @throws RampartError `usage` for a word that `verify` did not make. */
function nonceFlag(invocation: Invocation): string | undefined {
  const nonce = textFlag(invocation, 'nonce')
  if (nonce === undefined || /^[0-9a-f]{16}$/.test(nonce)) return nonce
  throw new RampartError('usage', `--nonce "${nonce}": the 16 digits that verify printed`)
}
