import { systemClock } from '../../adapters/clock.ts'
import { formatFault, sortFaults } from '../../engine/fault.ts'
import { type Finding, lintPolicy } from '../../engine/lint.ts'
import { parsePolicy, type PolicyText } from '../../engine/load.ts'
import { FILE_LIMIT } from '../../engine/parse.ts'
import type { Fault } from '../../engine/types.ts'
import type { Invocation } from '../command.ts'
import type { Environment } from '../config.ts'
import { readInput } from '../input.ts'
import { type Output, safe } from '../output.ts'
import { lintHome, lintText, readPolicyFile } from '../policy-sources.ts'

/**
 * Every fault of the named files, each file by itself; without names, of all that `serve` would load.
 * Files without a fault are looked at for what is allowed and yet surely not meant: warnings count as
 * findings, advice only with `--strict`.
 */
export async function run({ environment, operands, flags, out }: Invocation): Promise<number> {
  const files = operands.length === 0
    ? await lintAll(environment)
    : await Promise.all(operands.map(lintOne))
  if (out.json) out.data({ files })
  else print(files, out)
  const counts = ({ severity }: Finding) => severity === 'warning' || flags.has('strict')
  return files.some(({ faults, findings }) => faults.length > 0 || findings.some(counts)) ? 1 : 0
}

interface Linted {
  readonly file: string
  readonly faults: readonly Fault[]
  readonly findings: readonly Finding[]
}

async function lintOne(path: string): Promise<Linted> {
  const text: PolicyText = path === '-'
    ? { file: '-', layer: 'user', text: await readInput(FILE_LIMIT + 1) }
    : await readPolicyFile(path)
  const { faults } = await lintText(text)
  return { file: path, faults, findings: faults.length === 0 ? findingsOf(text) : [] }
}

async function lintAll(environment: Environment): Promise<readonly Linted[]> {
  const { faults, sources } = await lintHome(environment)
  const own = sources.filter(({ file }) => !file.startsWith('builtin:'))
  const advised = faults.length > 0 ? [] : own.map((text) => ({
    file: text.file,
    faults: [],
    findings: findingsOf(text),
  }))
  return [{ file: environment.home, faults, findings: [] }, ...advised]
}

function findingsOf(text: PolicyText): readonly Finding[] {
  const parsed = parsePolicy(text)
  return 'value' in parsed ? lintPolicy(parsed.value, parsed.locate, systemClock().now()) : []
}

function print(files: readonly Linted[], out: Output): void {
  const faults = files.flatMap((file) => file.faults)
  for (const fault of sortFaults(faults)) out.line(safe`${formatFault(fault)}`)
  for (const { file, findings } of files) {
    for (const { line, col, severity, code, message } of findings) {
      out.line(safe`${file}:${line}:${col}: ${severity} ${code}: ${message}`)
    }
  }
  if (faults.length > 0) return
  for (const { file, findings } of files) {
    if (findings.length === 0) out.line(safe`${file}: no faults`)
  }
}
