import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { atTerminal, withState } from '../with-state.ts'
import { record } from '../../service/record.ts'

/** A new key for anchors, vouched for by the old one, which is destroyed. A running server follows. */
export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const { from, to } = await withState(
    invocation,
    ({ anchors, ...services }) =>
      anchors.writer.rotate(async (old, next) => {
        await record({
          kind: 'key',
          request: { key_id: old.keyId, next_key_id: next.keyId, origin: old.origin },
          decision: { action: 'rotate', eval_us: 0 },
          ...atTerminal(),
        }, services)
        return services.audit.head().seq
      }),
  )
  if (out.json) out.data({ origin: to.origin, old_key_id: from.keyId, key_id: to.keyId })
  else {
    out.line(safe`Anchors are signed by ${to.keyId} from here on; ${from.keyId} still verifies`)
    out.line(safe`Whoever pinned the old public key finds the new one vouched for in the trail`)
  }
  return 0
}
