import { connect } from '../client.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'

interface Session {
  readonly id: string
  readonly started_at: string
  readonly seen_at: string
  readonly ends_at: string
}

export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const client = await connect(invocation)
  const { sessions } = await client.get('/v1/dashboard/sessions') as {
    sessions: readonly Session[]
  }
  if (out.json) out.data({ sessions })
  else if (sessions.length === 0) out.line(safe`Nobody has the dashboard open`)
  else {
    for (const { id, started_at, seen_at, ends_at } of sessions) {
      out.line(safe`${id}  since ${started_at}, used ${seen_at}, ends ${ends_at}`)
    }
  }
  return 0
}
