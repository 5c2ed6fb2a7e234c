import { join } from 'node:path'
import { sqliteApprovals } from '../adapters/approvals.ts'
import { heldBySinks } from '../adapters/audit-held.ts'
import { type IndexedTrail, indexedTrail } from '../adapters/audit-index.ts'
import { keepIndex } from '../adapters/audit-index-builder.ts'
import { loadSigner } from '../adapters/audit-keys.ts'
import { nodeFileOps } from '../adapters/audit-ops.ts'
import { type Keeper, keepTrail } from '../adapters/audit-keeper.ts'
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
import { hashInto } from '../runtime/hasher.ts'
import { ownScript } from '../runtime/self.ts'
import type { Clock } from '../ports.ts'
import type { Services, Settings } from '../service/services.ts'
import { mustStop } from './must-stop.ts'
import { auditDirectory, type Config, places, protectedPaths } from './config.ts'
import { formatKeep } from './keep.ts'
import { type ApprovalLimits, PENDING } from '../approval/limits.ts'
import { type SettingValues } from './settings.ts'
import { VERSION } from './version.ts'

/** The trail by its index, which is brought up to date beside the way of answers. */
export function indexOf(
  home: string,
  config: Config,
  { clock, log }: Pick<Services, 'clock' | 'log'>,
): { readonly reader: IndexedTrail; close(): Promise<void> } {
  const dir = auditDirectory(home, config)
  const builder = keepIndex({ dir, clock, log, entry: ownScript() })
  const reader = indexedTrail({ dir, log, builder })
  return {
    reader,
    async close() {
      await builder.close()
      reader.close()
    },
  }
}

/** Keeps the trail within its limits, beside the way of answers. */
export function keeperOf(
  home: string,
  config: Config,
  { audit, clock, ids, log }: Pick<Services, 'audit' | 'clock' | 'ids' | 'log'>,
): Keeper {
  const dir = auditDirectory(home, config)
  const keep = config.values['audit.keep']
  return keepTrail({
    dir,
    ops: nodeFileOps,
    keep,
    keepText: formatKeep(keep),
    by: { principal: 'rampart', via: 'local' },
    clock,
    ids,
    into: hashInto,
    signer: () => loadSigner(places(home).keys),
    audit,
    heldFrom: () => heldBySinks(dir),
  }, log)
}

export function storesOf(
  database: Database,
  home: string,
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
    approvals: sqliteApprovals(database),
    tokens: sqliteTokens(database),
    counter: sqliteCounter(database),
    once: sqliteOnce(database),
    grants: sqliteGrants(database),
    hooked: sqliteHookedCalls(database),
    overlay: fileOverlay({ dir: policies, lockDir: join(run, 'overlay') }),
    mustStop,
    switches: sqliteSwitches(database),
  }
}

export function machineOf(home: string, clock: Clock): Pick<Services, 'facts' | 'processes'> {
  const monotonic = () => clock.monotonic()
  return {
    facts: createFactReader({ protectedPaths: protectedPaths(home), monotonic }),
    processes: procTable(),
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
    publicUrl: values.public_url,
    // Who follows a link comes under its name.
    hosts: values.public_url === undefined
      ? values.hosts
      : [...values.hosts, new URL(values.public_url).host],
  }
}
