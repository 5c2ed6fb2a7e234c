import type { Invocation } from '../command.ts'
import { manual } from '../manual.ts'
import { VERSION } from '../version.ts'

export async function run({ out }: Invocation): Promise<number> {
  out.verbatim(manual(VERSION))
  return 0
}
