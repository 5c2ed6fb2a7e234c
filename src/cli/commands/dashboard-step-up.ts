import { connect } from '../client.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'

/** A code for the dashboard, for the person who sits before it. */
export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const client = await connect(invocation)
  const { code, expires_at } = await client.post('/v1/dashboard/step-ups', {}) as {
    code: string
    expires_at: string
  }
  if (out.json) out.row({ code, expires_at })
  else {
    out.line(safe`${code}`)
    out.note(safe`Enter it in the dashboard within a minute; it works once, for five minutes.`)
  }
  return 0
}
