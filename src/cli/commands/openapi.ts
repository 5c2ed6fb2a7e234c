import { buildDocument } from '../../http/openapi.ts'
import type { Invocation } from '../command.ts'
import { VERSION } from '../version.ts'

export async function run({ out }: Invocation): Promise<number> {
  out.verbatim(`${JSON.stringify(buildDocument(VERSION), null, 2)}\n`)
  return 0
}
