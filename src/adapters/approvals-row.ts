import { Buffer } from 'node:buffer'
import { type Approval, FINAL_STATUSES, ownerOf } from '../approval/approval.ts'
import { redact } from '../audit/redact.ts'

export type ApprovalRow = Readonly<Record<string, unknown>>

/** An approval as every database keeps it: what is asked for by value stands in columns, all of it in `body`. */
export function rowOfApproval(approval: Approval): Record<string, string | number> {
  const { revision: _kept, ...rest } = approval
  const { id, status, digest, principal, createdAt, expiresAt } = rest
  const body = JSON.stringify(FINAL_STATUSES.includes(status) ? withoutSecrets(rest) : rest)
  return {
    id,
    status,
    digest,
    principal,
    created_at: Math.trunc(createdAt),
    expires_at: Math.trunc(expiresAt),
    owner: ownerOf(approval),
    body,
    bytes: Buffer.byteLength(body),
  }
}

/** A question that is settled is history, and its secrets are needed no more. */
function withoutSecrets(approval: Approval): Approval {
  const { message } = approval
  const params = redact(approval.params) as Approval['params']
  return { ...approval, params, message: String(redact(message)) }
}

/** What stands in a row; undefined where its columns contradict its body (security.md F25). */
export function approvalOfRow(row: ApprovalRow | undefined): Approval | undefined {
  if (row === undefined) return undefined
  try {
    const approval = JSON.parse(String(row['body'])) as Approval
    const own = approval.id === row['id'] && approval.status === row['status'] &&
      approval.digest === row['digest'] && approval.principal === row['principal'] &&
      Math.trunc(approval.createdAt) === row['created_at'] &&
      Math.trunc(approval.expiresAt) === row['expires_at']
    return own ? { ...approval, revision: Number(row['revision']) } : undefined
  } catch {
    return undefined
  }
}

export function approvalsOfRows(rows: readonly ApprovalRow[]): readonly Approval[] {
  return rows.map(approvalOfRow).filter((row) => row !== undefined)
}
