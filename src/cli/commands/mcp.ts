import type { Invocation } from '../command.ts'
import { runProxy } from '../mcp/run.ts'

export async function run(invocation: Invocation): Promise<number> {
  return await runProxy(invocation)
}
