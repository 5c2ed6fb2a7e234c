import { type Approval, FINAL_STATUSES } from '../approval/approval.ts'
import type { ApprovalFilter, ApprovalOutcome, ApprovalStore } from '../ports.ts'
import { KEPT, type Kept } from './approvals-kept.ts'
import { approvalOfRow, approvalsOfRows, rowOfApproval } from './approvals-row.ts'
import { asking, type Database, transaction } from './database.ts'
import { durability, type SyncFile, transactionSoon } from './database-durable.ts'

type Row = Record<string, unknown>
type Value = string | number

const FINAL = FINAL_STATUSES.map((status) => `'${status}'`).join(', ')

const INSERT = `INSERT INTO approvals
  (id, status, digest, principal, created_at, body, owner, expires_at, bytes)
  VALUES (:id, :status, :digest, :principal, :created_at, :body, :owner, :expires_at, :bytes)`

const UPDATE = `UPDATE approvals SET status = :status, digest = :digest, principal = :principal,
  created_at = :created_at, body = :body, owner = :owner, expires_at = :expires_at, bytes = :bytes,
  revision = :revision + 1
  WHERE id = :id AND status = :from AND revision = :revision`

const LAPSED =
  `SELECT * FROM approvals WHERE status IN ('pending', 'approved') AND expires_at <= :now
  ORDER BY expires_at LIMIT :limit`

const OUTCOMES = `SELECT status, json_extract(body, '$.policy') AS policy,
    json_extract(body, '$.rule') AS rule, created_at, expires_at,
    json_extract(body, '$.resolvedAt') AS resolved_at,
    json_extract(body, '$.resolvedBy') AS resolved_by
  FROM approvals WHERE created_at >= :since AND json_valid(body)
  ORDER BY created_at DESC LIMIT :limit`

const PRUNE = (settled: number) =>
  `DELETE FROM approvals WHERE id IN (
    SELECT id FROM approvals WHERE status IN (${FINAL}) OR (status = 'approved' AND expires_at <= :now)
    ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET ${settled})`

/**
 * Approvals that survive a restart and are shared by every process on one state directory. A row whose
 * columns contradict its body was not written here and counts as absent (security.md F25).
 */
export function sqliteApprovals(
  db: Database,
  { settled, every }: Kept = KEPT,
  sync?: SyncFile,
): ApprovalStore {
  let created = 0
  const insert = db.prepare(INSERT)
  const select = db.prepare('SELECT * FROM approvals WHERE id = ?')
  const update = db.prepare(UPDATE)
  const prune = db.prepare(PRUNE(settled))
  const lapsed = db.prepare(LAPSED)
  const outcomes = db.prepare(OUTCOMES)
  const version = db.prepare('PRAGMA data_version')
  const statements = new Map<string, ReturnType<Database['prepare']>>()
  const prepared = (sql: string) => {
    const known = statements.get(sql) ?? db.prepare(sql)
    statements.set(sql, known)
    return known
  }
  const replace = (from: string, next: Approval): boolean =>
    Number(update.run({ ...rowOfApproval(next), from, revision: next.revision ?? 0 }).changes) === 1
  return {
    create: async (approval) =>
      void transaction(db, () => {
        insert.run(rowOfApproval(approval))
        // The first one of a process, too: some never see as many as a round.
        if (created++ % every === 0) prune.run({ now: approval.createdAt })
      }),
    get: async (id) => asking(() => approvalOfRow(select.get(id))),
    list: async (filter) =>
      asking(() => {
        const { sql, values } = listing(filter)
        return upTo(prepared(sql).iterate(values), filter.bytes ?? Infinity)
      }),
    swap: async (from, next, how) => running(how)(db, () => replace(from, next)),
    swapAll: async (from, nexts, how) =>
      running(how)(db, () => nexts.map((next) => replace(from, next))),
    durable: durability(db, sync),
    pendingCount: async (of = {}) =>
      asking(() => {
        const { sql, values } = conditions({ ...of, status: 'pending' })
        return Number(prepared(`SELECT count(*) AS n FROM approvals${sql}`).get(values)?.['n'] ?? 0)
      }),
    pendingBytes: async ({ principal } = {}) =>
      asking(() => {
        const { sql, values } = conditions({ principal, status: 'pending' })
        return Number(
          prepared(`SELECT sum(bytes) AS n FROM approvals${sql}`).get(values)?.['n'] ?? 0,
        )
      }),
    lapsed: async (now, limit) => asking(() => approvalsOfRows(lapsed.all({ now, limit }))),
    outcomes: async (since, limit) =>
      asking(() => outcomes.all({ since: Math.ceil(since), limit }).map(outcomeOf)),
    changes: () => asking(() => Number(version.get()?.['data_version'] ?? 0)),
  }
}

function running(how: 'soon' | undefined): typeof transaction {
  return how === 'soon' ? transactionSoon : transaction
}

/** One condition for each value that is given, so that an index serves it. */
function conditions(given: Readonly<Record<string, Value | undefined>>): {
  readonly sql: string
  readonly values: Record<string, Value>
} {
  const values: Record<string, Value> = {}
  for (const [column, value] of Object.entries(given)) {
    if (value !== undefined) values[column] = value
  }
  const all = Object.keys(values).map((column) => `${column} = :${column}`)
  return { sql: all.length === 0 ? '' : ` WHERE ${all.join(' AND ')}`, values }
}

function listing({ status, principal, digest, after, limit }: ApprovalFilter): {
  readonly sql: string
  readonly values: Record<string, Value>
} {
  const { sql, values } = conditions({ status, principal, digest })
  const from = after === undefined
    ? ''
    : `${sql === '' ? ' WHERE' : ' AND'} (created_at, id) < (:after_time, :after_id)`
  return {
    sql: `SELECT * FROM approvals${sql}${from} ORDER BY created_at DESC, id DESC LIMIT :limit`,
    values: {
      ...values,
      limit,
      ...(after === undefined ? {} : { after_time: after.createdAt, after_id: after.id }),
    },
  }
}

/** What fits, but one at least: a few that are huge must not fill the memory. */
function upTo(rows: Iterable<Row>, bytes: number): readonly Approval[] {
  const found: Approval[] = []
  let size = 0
  for (const row of rows) {
    size += String(row['body']).length
    if (found.length > 0 && size > bytes) break
    const approval = approvalOfRow(row)
    if (approval !== undefined) found.push(approval)
  }
  return found
}

function outcomeOf(row: Row): ApprovalOutcome {
  const text = (value: unknown) => typeof value === 'string' ? value : undefined
  const { status, created_at: createdAt, expires_at: expiresAt, resolved_at: resolvedAt } = row
  return {
    status: status as ApprovalOutcome['status'],
    policy: text(row['policy']),
    rule: text(row['rule']),
    createdAt: Number(createdAt),
    expiresAt: Number(expiresAt),
    resolvedAt: typeof resolvedAt === 'number' ? resolvedAt : undefined,
    resolvedBy: text(row['resolved_by']),
  }
}
