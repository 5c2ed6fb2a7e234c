import { type Approval, FINAL_STATUSES } from '../approval/approval.ts'
import { redact } from '../audit/redact.ts'
import { KEPT, type Kept } from './approvals-kept.ts'
import type { ApprovalStore } from '../ports.ts'
import { asking, type Database, transaction } from './database.ts'

type Row = Record<string, unknown>

const LIST = `SELECT * FROM approvals
  WHERE (:status IS NULL OR status = :status)
    AND (:principal IS NULL OR principal = :principal)
    AND (:digest IS NULL OR digest = :digest)
  ORDER BY created_at DESC, id DESC LIMIT :limit`

/**
 * Approvals that survive a restart and are shared by every process on one state directory. A row whose
 * columns contradict its body was not written here and counts as absent (security.md F25).
 */
export function sqliteApprovals(db: Database, { settled, every }: Kept = KEPT): ApprovalStore {
  let created = 0
  const insert = db.prepare(
    `INSERT INTO approvals (id, status, digest, principal, created_at, body)
     VALUES (:id, :status, :digest, :principal, :created_at, :body)`,
  )
  const select = db.prepare('SELECT * FROM approvals WHERE id = ?')
  const list = db.prepare(LIST)
  const update = db.prepare(
    `UPDATE approvals SET status = :status, digest = :digest, principal = :principal,
     created_at = :created_at, body = :body WHERE id = :id AND status = :from`,
  )
  const pending = db.prepare(
    `SELECT count(*) AS n FROM approvals
     WHERE status = 'pending' AND (:principal IS NULL OR principal = :principal)`,
  )
  const prune = db.prepare(
    `DELETE FROM approvals WHERE id IN (
       SELECT id FROM approvals WHERE status IN (${FINAL_STATUSES.map((s) => `'${s}'`).join(', ')})
         OR (status = 'approved' AND json_valid(body) AND json_extract(body, '$.expiresAt') <= :now)
       ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET ${settled})`,
  )
  return {
    create: async (approval) =>
      void transaction(db, () => {
        insert.run(rowOf(approval))
        // The first one of a process, too: some never see as many as a round.
        if (created++ % every === 0) prune.run({ now: approval.createdAt })
      }),
    get: async (id) => asking(() => approvalOf(select.get(id))),
    list: async ({ status, principal, digest, limit }) =>
      asking(() =>
        list.all({
          status: status ?? null,
          principal: principal ?? null,
          digest: digest ?? null,
          limit,
        }).map(approvalOf).filter((row) => row !== undefined)
      ),
    swap: async (from, next) =>
      transaction(db, () => Number(update.run({ ...rowOf(next), from }).changes) === 1),
    pendingCount: async (principal) =>
      asking(() => Number(pending.get({ principal: principal ?? null })?.['n'] ?? 0)),
  }
}

function rowOf(approval: Approval): Record<string, string | number> {
  const { id, status, digest, principal, createdAt } = approval
  const body = JSON.stringify(FINAL_STATUSES.includes(status) ? withoutSecrets(approval) : approval)
  return { id, status, digest, principal, created_at: Math.trunc(createdAt), body }
}

/** A question that is settled is history, and its secrets are needed no more. */
function withoutSecrets(approval: Approval): Approval {
  const { message } = approval
  const params = redact(approval.params) as Approval['params']
  return { ...approval, params, message: String(redact(message)) }
}

function approvalOf(row: Row | undefined): Approval | undefined {
  if (row === undefined) return undefined
  try {
    const approval = JSON.parse(String(row['body'])) as Approval
    const own = approval.id === row['id'] && approval.status === row['status'] &&
      approval.digest === row['digest'] && approval.principal === row['principal']
    return own ? approval : undefined
  } catch {
    return undefined
  }
}
