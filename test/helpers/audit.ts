import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AuditLogOptions, openAuditLog } from '../../src/adapters/audit-log.ts'
import { type FileOps, nodeFileOps, type OpenFile } from '../../src/adapters/audit-ops.ts'
import { ulids } from '../../src/adapters/ids.ts'
import { type ManualClock, manualClock } from '../../src/adapters/memory.ts'
import type { EventDraft } from '../../src/audit/event.ts'
import type { AuditLog } from '../../src/ports.ts'

/** 2026-11-24T12:00:00.000Z */
export const NOON = 1_795_521_600_000

let made = 0

export function draft(change: Partial<EventDraft> = {}): EventDraft {
  return {
    id: `01TEST${String(++made).padStart(20, '0')}`,
    time: new Date(NOON).toISOString(),
    kind: 'decision',
    agent: 'a',
    session: 's',
    tool: 'exec',
    request: { params: { command: 'git status' } },
    decision: { action: 'allow', eval_us: 5 },
    enforced: true,
    mode: 'enforce',
    via: 'http',
    principal: 'admin',
    ...change,
  }
}

export interface Trail {
  readonly dir: string
  readonly clock: ManualClock
  open(options?: Partial<AuditLogOptions>): Promise<AuditLog>
  /** The trail's files with their texts, and whatever else lies beside them. */
  files(): Record<string, string>
}

/** A directory for a trail, gone afterwards; logs left open are closed. */
export async function withTrail(work: (trail: Trail) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-audit-'))
  const opened: AuditLog[] = []
  const clock = manualClock(NOON)
  // As src/cli.ts does: timers of a log that closes do not keep a process alive.
  const alive = setInterval(() => {}, 1 << 30)
  try {
    await work({
      dir,
      clock,
      async open(options = {}) {
        const log = await openAuditLog({ dir, clock, ids: ulids(clock), ...options })
        opened.push(log)
        return log
      },
      files: () =>
        Object.fromEntries(
          readdirSync(dir).filter((name) => name !== '.private').sort().map((name) => [
            name,
            readFileSync(join(dir, name), 'utf8'),
          ]),
        ),
    })
  } finally {
    for (const log of opened) await log.close()
    clearInterval(alive)
    rmSync(dir, { recursive: true, force: true })
  }
}

/** What goes wrong with the nth call of an operation: an errno, or only so many bytes written. */
export type Plan = (operation: keyof OpenFile | keyof FileOps, path: string) =>
  | string
  | { readonly short: number }
  | undefined

/** The real file system with faults. */
export function faulty(plan: Plan): FileOps {
  function check(
    operation: Parameters<Plan>[0],
    path: string,
  ): { readonly short: number } | undefined {
    const fault = plan(operation, path)
    if (typeof fault === 'string') {
      throw Object.assign(new Error(`${fault}: injected`), { code: fault })
    }
    return fault
  }
  return {
    ...nodeFileOps,
    async open(path, how) {
      check('open', path)
      const file = await nodeFileOps.open(path, how)
      return {
        ...file,
        async write(bytes) {
          const short = check('write', path)?.short
          return await file.write(short === undefined ? bytes : bytes.subarray(0, short))
        },
        async datasync() {
          check('datasync', path)
          await file.datasync()
        },
        async truncate(size) {
          check('truncate', path)
          await file.truncate(size)
        },
      }
    },
    async makeDirectory(dir) {
      check('makeDirectory', dir)
      await nodeFileOps.makeDirectory(dir)
    },
    async rename(from, to) {
      check('rename', to)
      await nodeFileOps.rename(from, to)
    },
    async tighten(path, mode) {
      check('tighten', path)
      await nodeFileOps.tighten(path, mode)
    },
    async remove(path) {
      check('remove', path)
      await nodeFileOps.remove(path)
    },
    async syncDirectory(dir) {
      check('syncDirectory', dir)
      await nodeFileOps.syncDirectory(dir)
    },
  }
}
