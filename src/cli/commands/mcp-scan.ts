import { open } from 'node:fs/promises'
import { codeOf } from '../../adapters/safe-read.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { withMcpServer } from '../mcp/run.ts'
import { scanned } from '../mcp/scan.ts'
import { safe } from '../output.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const file = textFlag(invocation, 'out')
  return await withMcpServer(invocation, async (ready) => {
    const text = await scanned(ready)
    if (file === undefined) out.verbatim(text)
    else {
      await writeNew(file, text)
      out.line(safe`Wrote ${file}: read it, then put it into policies/`)
    }
    return 0
  })
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600)
    await file.writeFile(text).finally(() => file.close())
  } catch (error) {
    const why = codeOf(error) === 'EEXIST' ? 'it is there already' : codeOf(error)
    throw new RampartError('usage', `Cannot write ${path}: ${why}`)
  }
}
