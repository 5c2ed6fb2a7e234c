import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { withState } from '../with-state.ts'

/** The proof that an event stands in the trail, as a document to hand on. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const proof = await withState(invocation, ({ proofs }) => proofs.prove(operands[0]!))
  out.data(proof)
  if (!out.json) {
    out.note(safe`Keep it in a file; check it with: rampart audit verify --proof FILE`)
  }
  return 0
}
