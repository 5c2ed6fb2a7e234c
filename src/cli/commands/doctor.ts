import type { Coverage } from '../../adapters/coverage.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { ownVariables } from '../config.ts'
import { type Output, safe } from '../output.ts'
import { coverage } from '../wrap/covers.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const program = textFlag(invocation, 'preload')
  if (program === undefined) {
    const { look } = await import('../doctor/look.ts')
    return await look(invocation)
  }
  if (program === '') throw new RampartError('usage', '--preload needs the name of a program')
  const answer = coverage(program, ownVariables()['PATH'])
  if (out.json) out.data({ program, ...answer })
  else print(program, answer, out)
  return answer.covered ? 0 : 1
}

function print(program: string, { covered, reason, why, files }: Coverage, out: Output): void {
  const word = covered ? out.paint('green', 'covered') : out.paint('red', 'not covered')
  out.line(safe`${word}  ${program}: ${why} (${reason})`)
  for (const file of files) out.line(safe`  ${file}`)
}
