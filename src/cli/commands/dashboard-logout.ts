import { connect } from '../client.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const session = operands[0] ?? 'all'
  const client = await connect(invocation)
  const { ended } = await client.post('/v1/dashboard/logout', { session }) as { ended: number }
  if (out.json) out.data({ ended })
  else out.line(safe`Ended ${ended} ${ended === 1 ? 'session' : 'sessions'}`)
  return 0
}
