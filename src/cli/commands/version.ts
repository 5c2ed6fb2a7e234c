import process from 'node:process'
import { selfCommand } from '../../runtime/self.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { VERSION } from '../version.ts'

export async function run({ out }: Invocation): Promise<number> {
  if (!out.json) out.line(safe`rampart ${VERSION}`)
  else {
    const { platform, arch } = process
    // The executable is a runtime and the program in one file.
    out.data({
      version: VERSION,
      runtime: runtime(),
      platform,
      arch,
      executable: selfCommand().length === 1,
    })
  }
  return 0
}

function runtime(): string {
  const { bun, deno, node } = process.versions as Record<string, string | undefined>
  if (bun !== undefined) return `bun ${bun}`
  return deno === undefined ? `node ${node}` : `deno ${deno}`
}
