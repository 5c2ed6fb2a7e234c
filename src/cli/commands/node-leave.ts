import { forgetIdentity, readIdentity } from '../../adapters/node-identity.ts'
import { RampartError } from '../../errors.ts'
import type { Invocation } from '../command.ts'
import { places } from '../config.ts'
import { safe } from '../output.ts'

/** This machine is no node any more, from the next start of its server on. What it shipped stays there. */
export async function run({ out, environment }: Invocation): Promise<number> {
  const { node } = places(environment.home)
  const known = await readIdentity(node)
  if (known === undefined) throw new RampartError('not_found', 'This machine is no node')
  await forgetIdentity(node)
  if (out.json) out.data({ left: known.upstream, node: known.id })
  else out.line(safe`This machine is no node of ${known.upstream} any more`)
  return 0
}
