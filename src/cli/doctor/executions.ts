import { existsSync } from 'node:fs'
import { indexedTrail } from '../../adapters/audit-index.ts'
import type { AuditEvent } from '../../audit/event.ts'
import { BEGUN } from '../../service/execution-record.ts'
import { readServerFile } from '../server-file.ts'
import { type Finding, finding } from './finding.ts'

/** How far back is looked, ms, and at how many events. */
const REACH_MS = 30 * 86_400_000
const PAGE = 1000
const PAGES = 20

/** Executions that began and have no outcome: the server that ran them was killed (`docs/execution.md`). */
export async function executionFindings(
  home: string,
  auditDir: string,
  now: number,
): Promise<Finding[]> {
  if (!existsSync(auditDir)) return []
  const server = await readServerFile(home)
  // What the server that answers now began may still run.
  const until = server === undefined ? now : Date.parse(server.started)
  const reader = indexedTrail({ dir: auditDir })
  try {
    const cut = await unfinished((after) =>
      reader.page({ kind: 'execution', since: now - REACH_MS, limit: PAGE, after })
    )
    const lost = cut.filter(({ time }) => Date.parse(time) < until)
    if (lost.length === 0) return []
    const what = lost.length === 1
      ? '1 execution began and has'
      : `${lost.length} executions began and have`
    const detail = `${what} no outcome: ${lost.slice(0, 5).map(({ id }) => id).join(', ')}`
    return [finding('execution', 'warn', detail, 'rampart audit search --kind execution')]
  } catch {
    // That the trail cannot be read is said already.
    return []
  } finally {
    reader.close()
  }
}

/** Newest first, so that an outcome is seen before its intent. */
async function unfinished(
  page: (after: number | undefined) => Promise<{
    readonly events: readonly AuditEvent[]
    readonly next: number | undefined
  }>,
): Promise<readonly AuditEvent[]> {
  const ended = new Set<string>()
  const found: AuditEvent[] = []
  let after: number | undefined
  for (let i = 0; i < PAGES; i++) {
    const { events, next } = await page(after)
    for (const event of events) {
      if (event.decision.action !== BEGUN) { for (const id of event.links ?? []) ended.add(id) }
      else if (!ended.has(event.id)) found.push(event)
    }
    if (next === undefined) break
    after = next
  }
  return found
}
