import { RampartError } from '../../errors.ts'
import { type Scope, SCOPES } from '../../ports.ts'
import { createToken } from '../../service/tokens.ts'
import { type Invocation, textFlag } from '../command.ts'
import { safe } from '../output.ts'
import { lifeOf } from '../tokens.ts'
import { atTerminal, withState } from '../with-state.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const agent = textFlag(invocation, 'agent')
  if (agent === undefined) throw new RampartError('usage', 'token create needs --agent NAME')
  const wanted = {
    agent,
    scopes: scopesOf(textFlag(invocation, 'scope') ?? 'eval'),
    expiresInMs: lifeOf(textFlag(invocation, 'expires')),
  }
  const created = await withState(invocation, (state) => createToken(state, wanted, atTerminal()))
  if (out.json) out.data(created)
  else {
    out.line(safe`${created.token}`)
    out.note(safe`Token ${created.id} for ${created.agent} (${created.scopes.join(', ')})`)
    out.note(safe`Valid until ${created.expires_at ?? 'revoked'}. It is not shown again`)
  }
  return 0
}

function scopesOf(text: string): Scope[] {
  return text.split(',').map((word) => {
    const scope = SCOPES.find((one) => one === word.trim())
    if (scope !== undefined) return scope
    throw new RampartError('usage', `Unknown scope "${word}": any of ${SCOPES.join(', ')}`)
  })
}
