import { indexedTrail } from '../../adapters/audit-index.ts'
import type { AuditEvent } from '../../audit/event.ts'
import { connect } from '../client.ts'
import type { Invocation } from '../command.ts'
import { auditDirectory, type Config } from '../config.ts'

/** What was asked in one run, by its answer. */
export interface Counts {
  evaluated: number
  denied: number
  asked: number
  logged: number
}

const PAGE = 500
const MOST_PAGES = 200

type Page = { readonly events: readonly AuditEvent[]; readonly next?: number | null | undefined }
type Read = (after: number | undefined) => Promise<Page>

/**
 * Count what the trail says of a run: by the server, or from the files where it is gone. Undefined where
 * neither can be read.
 */
export async function countRun(
  invocation: Invocation,
  config: Config,
  run: string,
): Promise<Counts | undefined> {
  const dir = auditDirectory(invocation.environment.home, config)
  return await counted(await byServer(invocation, run)).catch(async () => {
    const reader = indexedTrail({ dir })
    const filter = { runId: run, kind: 'decision', limit: PAGE } as const
    try {
      return await counted((after) =>
        reader.page({ ...filter, ...(after === undefined ? {} : { after }) })
      )
    } finally {
      reader.close()
    }
  }).catch(() => undefined)
}

async function byServer(invocation: Invocation, run: string): Promise<Read> {
  const client = await connect(invocation).catch(() => undefined)
  const query = `run_id=${encodeURIComponent(run)}&kind=decision&limit=${PAGE}`
  return async (after) => {
    if (client === undefined) throw new Error('no server')
    const more = after === undefined ? '' : `&after=${after}`
    return await client.get(`/v1/audit/events?${query}${more}`) as Page
  }
}

async function counted(read: Read): Promise<Counts> {
  const counts: Counts = { evaluated: 0, denied: 0, asked: 0, logged: 0 }
  let after: number | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const { events, next } = await read(after)
    for (const event of events) count(counts, event)
    if (next === undefined || next === null) break
    after = next
  }
  return counts
}

function count(counts: Counts, { decision: { action } }: AuditEvent): void {
  counts.evaluated++
  if (action === 'deny') counts.denied++
  else if (action === 'require_approval') counts.asked++
  else if (action === 'log') counts.logged++
}
