import { readSmall } from '../../adapters/safe-read.ts'
import { formatFault } from '../../engine/fault.ts'
import { RampartError } from '../../errors.ts'
import type { Invocation } from '../command.ts'
import { parseConfig } from '../config-file.ts'
import { places } from '../config.ts'
import { safe } from '../output.ts'

export async function run({ environment, operands, out }: Invocation): Promise<number> {
  const path = operands[0] ?? places(environment.home).config
  const read = await readSmall(path, { limit: 1 << 16, followLinks: true })
  if (read.text === undefined) {
    if (operands.length > 0 || read.code !== 'ENOENT') {
      throw new RampartError('config_invalid', `Cannot read ${path}: ${read.detail}`)
    }
  }
  const result = parseConfig(read.text ?? '', path)
  const faults = 'faults' in result ? result.faults : []
  if (out.json) out.data({ file: path, faults })
  else if (faults.length === 0) out.line(safe`${path}: no faults`)
  for (const fault of out.json ? [] : faults) out.line(safe`${formatFault(fault)}`)
  return faults.length === 0 ? 0 : 1
}
