import { formatFault, sortFaults } from '../../engine/fault.ts'
import { FILE_LIMIT } from '../../engine/parse.ts'
import type { Fault } from '../../engine/types.ts'
import type { Invocation } from '../command.ts'
import { readInput } from '../input.ts'
import { safe } from '../output.ts'
import { lintHome, lintText, readPolicyFile } from '../policy-sources.ts'

/** Every fault of the named files, each file by itself; without names, of all that `serve` would load. */
export async function run({ environment, operands, out }: Invocation): Promise<number> {
  const files = operands.length === 0
    ? [await lintAll(environment.home)]
    : await Promise.all(operands.map(lintOne))
  const faults = files.flatMap((file) => file.faults)
  if (out.json) out.data({ files })
  else {
    for (const fault of sortFaults(faults)) out.line(safe`${formatFault(fault)}`)
    for (const { file } of faults.length === 0 ? files : []) out.line(safe`${file}: no faults`)
  }
  return faults.length === 0 ? 0 : 1
}

interface Linted {
  readonly file: string
  readonly faults: readonly Fault[]
}

async function lintOne(path: string): Promise<Linted> {
  const text = path === '-'
    ? { file: '-', layer: 'user' as const, text: await readInput(FILE_LIMIT + 1) }
    : await readPolicyFile(path)
  return { file: path, faults: (await lintText(text)).faults }
}

async function lintAll(home: string): Promise<Linted> {
  return { file: home, faults: (await lintHome(home)).faults }
}
