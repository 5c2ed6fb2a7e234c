import { join } from 'node:path'
import { sqliteApprovals } from '../adapters/approvals.ts'
import { sqliteCounter } from '../adapters/counter.ts'
import { type Database } from '../adapters/database.ts'
import { createFactReader } from '../adapters/fact-reader.ts'
import { sqliteGrants } from '../adapters/grants.ts'
import { sqliteHookedCalls } from '../adapters/hooked-calls.ts'
import { sqliteOnce } from '../adapters/once.ts'
import { fileOverlay } from '../adapters/overlay.ts'
import { procTable } from '../adapters/process-table.ts'
import { sqliteSwitches } from '../adapters/switches.ts'
import { sqliteTokens } from '../adapters/tokens.ts'
import type { Clock } from '../ports.ts'
import type { Services, Settings } from '../service/services.ts'
import { type Config, places, protectedPaths } from './config.ts'
import { type ApprovalLimits, PENDING } from '../approval/limits.ts'
import { type SettingValues } from './settings.ts'
import { VERSION } from './version.ts'

/** The stores in the state database; `when` says when each is made: at once, unless given. */
export function storesOf(
  database: Database,
  home: string,
  when: <T extends object>(make: () => T) => T = (make) => make(),
): Pick<
  Services,
  | 'approvals'
  | 'tokens'
  | 'counter'
  | 'once'
  | 'grants'
  | 'hooked'
  | 'overlay'
  | 'mustStop'
  | 'switches'
> {
  const { policies, run } = places(home)
  return {
    approvals: when(() => sqliteApprovals(database)),
    tokens: when(() => sqliteTokens(database)),
    counter: when(() => sqliteCounter(database)),
    once: when(() => sqliteOnce(database)),
    grants: when(() => sqliteGrants(database)),
    hooked: when(() => sqliteHookedCalls(database)),
    overlay: fileOverlay({ dir: policies, lockDir: join(run, 'overlay') }),
    // A corpus that only who keeps a rule is asked about.
    mustStop: async () => await (await import('./must-stop.ts')).mustStop(),
    switches: when(() => sqliteSwitches(database)),
  }
}

export function machineOf(
  { values }: Config,
  home: string,
  clock: Clock,
): Pick<Services, 'facts' | 'processes'> {
  const monotonic = () => clock.monotonic()
  return {
    facts: createFactReader({ protectedPaths: protectedPaths(home), monotonic }),
    processes: procTable('/proc', values.socket_group === undefined ? 'self' : 'any'),
  }
}

function limitsOf(values: SettingValues): ApprovalLimits {
  return {
    owner: values['approvals.per_agent'],
    principal: values['approvals.per_principal'],
    all: values['approvals.open'],
    reserve: values['approvals.reserve'],
    few: PENDING.few,
    callBytes: values['approvals.call_bytes'],
    allBytes: values['approvals.open_bytes'],
  }
}

export function settingsOf({ values }: Config, startedAt: number): Settings {
  return {
    version: VERSION,
    mode: values.mode,
    failure: values.failure,
    approvalTimeoutMs: values.approval_timeout,
    onNoApprover: values.on_no_approver,
    approvalLimits: limitsOf(values),
    previewsPerMinute: values.previews_per_minute,
    previewBurst: values.preview_burst,
    startedAt,
    level: values.socket_group === undefined || values.socket === 'none' ? 'L0' : 'L1',
    publicUrl: values.public_url,
    // Who follows a link comes under its name.
    hosts: values.public_url === undefined
      ? values.hosts
      : [...values.hosts, new URL(values.public_url).host],
  }
}
