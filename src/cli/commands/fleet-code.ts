import { createCode } from '../../service/fleet.ts'
import { type Invocation, textFlag } from '../command.ts'
import { labelsOf } from '../fleet.ts'
import { safe } from '../output.ts'
import { lifeOf } from '../tokens.ts'
import { atTerminal, withState } from '../with-state.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const wanted = {
    name: textFlag(invocation, 'name'),
    labels: labelsOf(textFlag(invocation, 'label')),
    expiresInMs: lifeOf(textFlag(invocation, 'expires')),
  }
  const created = await withState(invocation, (state) => createCode(state, wanted, atTerminal()))
  if (out.json) out.data(created)
  else {
    out.line(safe`${created.code}`)
    out.note(safe`For one machine, until ${created.expires_at}. It is not shown again. There:`)
    out.note(safe`  rampart node enroll https://THIS-SERVER < FILE-WITH-THE-CODE`)
  }
  return 0
}
