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
import { RampartError } from '../errors.ts'
import type { Clock } from '../ports.ts'
import type { Services, Settings } from '../service/services.ts'
import { type Config, places, protectedPaths } from './config.ts'
import { type ApprovalLimits, PENDING } from '../approval/limits.ts'
import { type SettingValues } from './settings.ts'
import { VERSION } from './version.ts'

/** What is kept of calls and people, wherever that is. */
export type Stores = Pick<
  Services,
  | 'approvals'
  | 'tokens'
  | 'counter'
  | 'once'
  | 'grants'
  | 'hooked'
  | 'overlay'
  | 'switches'
  | 'store'
>

/** The stores in the state database; `when` says when each is made: at once, unless given. */
export function storesOf(
  database: Database,
  home: string,
  when: <T extends object>(make: () => T) => T = (make) => make(),
): Stores {
  const { policies, run } = places(home)
  return {
    approvals: when(() => sqliteApprovals(database)),
    tokens: when(() => sqliteTokens(database)),
    counter: when(() => sqliteCounter(database)),
    once: when(() => sqliteOnce(database)),
    grants: when(() => sqliteGrants(database)),
    hooked: when(() => sqliteHookedCalls(database)),
    overlay: fileOverlay({ dir: policies, lockDir: join(run, 'overlay') }),
    switches: when(() => sqliteSwitches(database)),
  }
}

/**
 * Of a process that decides by itself while the state is elsewhere: what would have to be asked there is not
 * known or refused, so that nothing is spent twice (semantics.md 7). What hosts were told is of this machine.
 */
export function awayStores(database: Database, home: string, shown: string): Stores {
  const own = storesOf(database, home)
  const away = <T extends object>(): T =>
    new Proxy({} as T, {
      get: () => () => {
        throw new RampartError(
          'unavailable',
          `The state is in ${shown}: only its servers ask there`,
        )
      },
    })
  return {
    ...own,
    approvals: away(),
    tokens: away(),
    counter: away(),
    once: away(),
    grants: away(),
    switches: away(),
    overlay: undefined,
  }
}

export function machineOf(
  { values }: Config,
  home: string,
  clock: Clock,
): Pick<Services, 'facts' | 'processes' | 'mustStop'> {
  const monotonic = () => clock.monotonic()
  return {
    facts: createFactReader({ protectedPaths: protectedPaths(home), monotonic }),
    // A corpus that only who keeps a rule is asked about.
    mustStop: async () => await (await import('./must-stop.ts')).mustStop(),
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
