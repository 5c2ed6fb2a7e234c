import type { Invocation } from '../command.ts'
import { runProxy } from '../mcp/run.ts'
import { leave } from '../output.ts'

export async function run(invocation: Invocation): Promise<number> {
  const code = await runProxy(invocation)
  // A host that still speaks is read on by some runtimes, and that would keep this process alive.
  leave(code)
  return code
}
