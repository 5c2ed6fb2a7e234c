import type { Approval, ApprovalStatus } from '../approval/approval.ts'
import { FINAL_STATUSES } from '../approval/approval.ts'
import { RampartError } from '../errors.ts'
import type { ApprovalFilter, ApprovalOutcome, ApprovalStore } from '../ports.ts'
import { KEPT, type Kept } from './approvals-kept.ts'
import { approvalOfRow, approvalsOfRows, rowOfApproval } from './approvals-row.ts'
import { CHANNEL } from './postgres-follow.ts'
import { randomHex } from './hash.ts'
import type { Shared } from './postgres.ts'

/** Columns that a change writes, in the order of the arrays that are given for them. */
const COLUMNS = {
  id: 'text',
  status: 'text',
  digest: 'text',
  principal: 'text',
  owner: 'text',
  created_at: 'bigint',
  expires_at: 'bigint',
  bytes: 'bigint',
  outcome: 'text',
  body: 'text',
} as const
type Column = keyof typeof COLUMNS
const NAMES = Object.keys(COLUMNS) as readonly Column[]
const TOLD = (id: string) => `pg_notify('${CHANNEL}', $1 || E'\\napproval\\n' || ${id})`

const INSERT = `WITH made AS (
    INSERT INTO rampart.approvals (tenant, stamp, ${NAMES.join(', ')})
    VALUES ($1, $2, ${NAMES.map((_name, i) => `$${i + 3}`).join(', ')})
    ON CONFLICT (tenant, id) DO UPDATE SET stamp = approvals.stamp
    RETURNING id, stamp)
  SELECT stamp, ${TOLD('id')} FROM made`

/** Locked in one order, so that two who change the same rows wait for each other instead of for both. */
const UPDATE = `WITH next AS (
    SELECT * FROM unnest(${
  NAMES.map((name, i) => `$${i + 5}::${COLUMNS[name]}[]`).join(', ')
}, $4::bigint[])
      AS next (${NAMES.join(', ')}, revision)
  ), mine AS (
    SELECT a.id FROM rampart.approvals a JOIN next USING (id)
    WHERE a.tenant = $1 AND a.status = $3 AND a.revision = next.revision
    ORDER BY a.id FOR UPDATE OF a
  ), replaced AS (
    UPDATE rampart.approvals a SET stamp = $2, revision = a.revision + 1,
      ${NAMES.slice(1).map((name) => `${name} = next.${name}`).join(', ')}
    FROM next JOIN mine USING (id)
    WHERE a.tenant = $1 AND a.id = next.id AND a.status = $3 AND a.revision = next.revision
    RETURNING a.id
  )
  SELECT id, ${TOLD('id')} FROM replaced`

const STAMPED = 'SELECT id FROM rampart.approvals WHERE tenant = $1 AND stamp = $2 AND id = ANY($3)'

const LAPSED = `SELECT * FROM rampart.approvals
  WHERE tenant = $1 AND status IN ('pending', 'approved') AND expires_at <= $2
  ORDER BY expires_at LIMIT $3`

const PRUNE = `DELETE FROM rampart.approvals WHERE tenant = $1 AND id IN (
  SELECT id FROM rampart.approvals WHERE tenant = $1
    AND (status = ANY($3) OR (status = 'approved' AND expires_at <= $2))
  ORDER BY created_at DESC, id DESC OFFSET $4)`

/**
 * Approvals that all replicas share. A change is one conditional UPDATE: of any number of racing ones exactly
 * one holds (security.md F48). Where the answer of the database is lost the change is put again, and known
 * by its stamp if it was through. Every change is told to all replicas when it is committed.
 */
export function postgresApprovals(
  shared: Shared,
  { settled, every }: Kept = KEPT,
): ApprovalStore {
  const { db, tenant, follower } = shared
  let created = 0
  let asked = 0
  return {
    async create(approval) {
      const stamp = randomHex(16)
      const row = rowOf(approval)
      const values = [tenant, stamp, ...NAMES.map((name) => row[name])]
      const { rows: [made] } = await db.again(INSERT, values)
      if (made?.['stamp'] !== stamp) {
        throw new RampartError(
          'internal',
          `An approval with the id ${approval.id} is already there`,
        )
      }
      if (created++ % every !== 0) return
      await db.rows(PRUNE, [tenant, Math.trunc(approval.createdAt), FINAL_STATUSES, settled])
    },
    async get(id) {
      const sql = 'SELECT * FROM rampart.approvals WHERE tenant = $1 AND id = $2'
      return approvalOfRow((await db.rows(sql, [tenant, id]))[0])
    },
    async list(filter) {
      const { sql, values } = listing(tenant, filter)
      return approvalsOfRows(await db.rows(sql, values))
    },
    swap: async (from, next) => (await swapAll(shared, from, [next]))[0]!,
    swapAll: (from, next) => swapAll(shared, from, next),
    // What is committed is durable (`postgres-pool.ts`).
    durable: async () => {},
    pendingCount: (of = {}) => sumOf(shared, 'count(*)', of),
    pendingBytes: (of = {}) => sumOf(shared, 'coalesce(sum(bytes), 0)::bigint', of),
    lapsed: async (now, limit) =>
      approvalsOfRows(await db.rows(LAPSED, [tenant, Math.trunc(now), limit])),
    async outcomes(since, limit) {
      const rows = await db.rows(
        `SELECT outcome FROM rampart.approvals WHERE tenant = $1 AND created_at >= $2
          ORDER BY created_at DESC LIMIT $3`,
        [tenant, Math.ceil(since), limit],
      )
      return rows.map(({ outcome }) => JSON.parse(String(outcome)) as ApprovalOutcome)
    },
    // Any of them may have changed since: who needs to know asks for the row.
    changes: () => asked += 1,
    heard: (listener) => follower.heard(listener),
    isShared: true,
  }
}

async function swapAll(
  { db, tenant }: Shared,
  from: ApprovalStatus,
  next: readonly Approval[],
): Promise<readonly boolean[]> {
  if (next.length === 0) return []
  const stamp = randomHex(16)
  const rows = next.map(rowOf)
  const arrays = NAMES.map((name) => rows.map((row) => row[name]))
  const revisions = next.map(({ revision = 0 }) => revision)
  const { rows: told, repeated } = await db.again(UPDATE, [
    ...[tenant, stamp, from, revisions],
    ...arrays,
  ])
  const mine = repeated
    ? (await db.again(STAMPED, [tenant, stamp, next.map(({ id }) => id)])).rows
    : told
  const won = new Set(mine.map(({ id }) => id))
  // The first one of an id that stands there twice.
  return next.map(({ id }) => won.delete(id))
}

/** Of open ones, of one principal, of one owner, or all. */
async function sumOf(
  { db, tenant }: Shared,
  what: string,
  of: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { where, values } = conditions(tenant, { status: 'pending', ...of })
  const [row] = await db.rows(`SELECT ${what} AS n FROM rampart.approvals ${where}`, values)
  return Number(row?.['n'] ?? 0)
}

function rowOf(approval: Approval): Record<Column, string | number> {
  const { status, policy, rule, createdAt, expiresAt, resolvedAt, resolvedBy } = approval
  const outcome: ApprovalOutcome = {
    status,
    policy,
    rule,
    createdAt: Math.trunc(createdAt),
    expiresAt: Math.trunc(expiresAt),
    resolvedAt,
    resolvedBy,
  }
  const row = rowOfApproval(approval) as Record<Exclude<Column, 'outcome'>, string | number>
  return { ...row, outcome: JSON.stringify(outcome) }
}

function conditions(
  tenant: string,
  given: Readonly<Record<string, string | undefined>>,
): { readonly where: string; readonly values: unknown[] } {
  const values: unknown[] = [tenant]
  const all = ['tenant = $1']
  for (const [column, value] of Object.entries(given)) {
    if (value !== undefined) all.push(`${column} = $${values.push(value)}`)
  }
  return { where: `WHERE ${all.join(' AND ')}`, values }
}

function listing(
  tenant: string,
  { status, principal, digest, after, limit, bytes }: ApprovalFilter,
): { readonly sql: string; readonly values: readonly unknown[] } {
  const { where, values } = conditions(tenant, { status, principal, digest })
  const behind = after === undefined
    ? ''
    : ` AND (created_at, id) < ($${values.push(Math.trunc(after.createdAt))}, $${
      values.push(after.id)
    })`
  const order = 'ORDER BY created_at DESC, id DESC'
  const page = `SELECT * FROM rampart.approvals ${where}${behind} ${order} LIMIT $${
    values.push(limit)
  }`
  if (bytes === undefined || bytes === Infinity) return { sql: page, values }
  // What fits, but one at least: a few that are huge must not fill the memory.
  const summed = `SELECT *, sum(length(body)) OVER (${order}) AS size,
    row_number() OVER (${order}) AS place FROM (${page}) AS page`
  return {
    sql: `SELECT * FROM (${summed}) AS summed
      WHERE place = 1 OR size <= $${values.push(Math.trunc(bytes))} ${order}`,
    values,
  }
}
