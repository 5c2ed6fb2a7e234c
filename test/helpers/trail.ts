import assert from 'node:assert/strict'
import { verifyDirectory } from '../../src/adapters/audit-verify.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { RampartError } from '../../src/errors.ts'
import type { AuditLog } from '../../src/ports.ts'

export const DAY = 86_400_000
export const FIRST = '2026-11-24.jsonl'

export function at(ms: number): { readonly time: string } {
  return { time: new Date(ms).toISOString() }
}

export function failsWith(code: string): (error: unknown) => boolean {
  return (error) => error instanceof RampartError && error.code === code
}

export async function assertClean(dir: string, events: number): Promise<void> {
  const verified = await verifyDirectory(dir)
  assert.deepEqual(verified.findings, [])
  assert.equal(verified.events, events)
}

export async function newest(log: AuditLog, limit = 1): Promise<readonly AuditEvent[]> {
  return await log.query({ limit })
}
