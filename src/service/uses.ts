import type { Approval } from '../approval/approval.ts'
import { canonicalWithout } from '../audit/canonical.ts'
import type { AuditEvent } from '../audit/event.ts'
import { sha256 } from './digest.ts'
import { seqOfYes } from './resolution.ts'
import type { Services } from './services.ts'

const PAGE = 1000
/** Most events that are read: of more nothing is said. */
const MOST = 200_000

/**
 * Which of these approvals the trail says were used. Undefined where it cannot be known: events from the first
 * yes to the head are missing or changed, or some were never written.
 */
export async function usesOf(
  approvals: readonly Approval[],
  services: Services,
): Promise<ReadonlySet<string> | undefined> {
  const { audit, log } = services
  const seqs = await Promise.all(approvals.map((approval) => seqOfYes(approval, services)))
  if (seqs.some((seq) => seq === undefined)) return undefined
  const from = Math.min(...seqs.map((seq) => seq!))
  const uses = new Set<string>()
  const head = audit.head().seq
  let last: AuditEvent | undefined
  for (let read = 0; read < MOST; read += PAGE) {
    const after = last?.seq ?? from - 1
    const events = await audit.query({ after, order: 'asc', limit: PAGE })
    for (const event of events) {
      if (!await follows(event, last, from) || tellsOfGap(event)) return unknown(event.seq, log)
      last = event
      const id = usedBy(event)
      if (id !== undefined) uses.add(id)
    }
    // Others write on: what came after the rows were doubted is no matter.
    if (events.length < PAGE) return (last?.seq ?? 0) >= head ? uses : unknown(after, log)
  }
  return unknown(from + MOST, log)
}

function unknown(seq: number, log: Services['log']): undefined {
  log.warn(`The trail cannot tell at ${seq} which approvals were used: what is spent stays spent`)
  return undefined
}

async function follows(
  event: AuditEvent,
  before: AuditEvent | undefined,
  from: number,
): Promise<boolean> {
  const inPlace = before === undefined
    ? event.seq === from
    : event.seq === before.seq + 1 && event.prev_hash === before.hash
  return inPlace && event.hash === `sha256:${await sha256(canonicalWithout(event, 'hash'))}`
}

/** Answers were given without a record, or something is wrong with the trail itself. */
function tellsOfGap({ kind, request }: AuditEvent): boolean {
  const said = request as Readonly<Record<string, unknown>> | null
  return kind === 'fail_open' && said?.['unrecorded'] !== undefined ||
    kind === 'alert' && said?.['file'] !== undefined
}

function usedBy({ kind, decision, request }: AuditEvent): string | undefined {
  if (kind !== 'approval' || decision.action !== 'used') return undefined
  const id = (request as Readonly<Record<string, unknown>> | null)?.['approval']
  return typeof id === 'string' ? id : undefined
}
