import type { EdgeLayer } from '../../service/edge.ts'
import { type Invocation, textFlag } from '../command.ts'
import { readInput } from '../input.ts'
import { decideLocally, refusal } from '../shim/local.ts'

/** As much as the server takes. */
const BODY_LIMIT = 1 << 20

/** One request on standard input, one answer on standard output; whatever fails is an answer that denies. */
export async function run(invocation: Invocation): Promise<number> {
  const layer = (textFlag(invocation, 'layer') ?? 'shim') as EdgeLayer
  const tool = textFlag(invocation, 'tool') ?? 'exec'
  const answer = await readInput(BODY_LIMIT).then(
    (body) => decideLocally(invocation, body, { layer, tool }),
    refusal,
  )
  invocation.out.row(answer)
  return 0
}
