import { canaries, VERIFY_SESSION } from '../../setup/canaries.ts'
import { connect } from '../client.ts'
import type { Invocation } from '../command.ts'
import { isServed } from '../server-file.ts'
import type { Check } from './check.ts'

/** The same canaries by the API of the server that runs here; open where none does. */
export async function verifyHttp(invocation: Invocation): Promise<readonly Check[]> {
  const { home } = invocation.environment
  if (!isServed(home)) {
    return [{
      id: 'http-deny',
      status: 'open',
      detail: 'no server runs: hooks decide by themselves',
    }]
  }
  return await Promise.all(
    canaries(home).map(async ({ name, command }): Promise<Check> => {
      const id = name === 'deny' ? 'http-deny' : 'http-benign'
      try {
        const client = await connect(invocation)
        const body = { agent: 'verify', session: VERIFY_SESSION, params: { command } }
        const { decision } = await client.post('/v1/preflight/exec', body) as { decision?: unknown }
        if ((name === 'deny') === (decision === 'deny')) {
          return { id, status: 'proved', detail: `the server answered ${decision}` }
        }
        return name === 'deny'
          ? {
            id,
            status: 'failed',
            detail: `the server answered ${decision}`,
            fix: 'rampart status',
          }
          : { id, status: 'open', detail: 'the policies deny even "echo"' }
      } catch (error) {
        return { id, status: 'failed', detail: (error as Error).message, fix: 'rampart status' }
      }
    }),
  )
}
