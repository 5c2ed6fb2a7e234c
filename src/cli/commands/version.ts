import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { VERSION } from '../version.ts'

export async function run({ out }: Invocation): Promise<number> {
  if (out.json) out.data({ version: VERSION })
  else out.line(safe`rampart ${VERSION}`)
  return 0
}
