import { readFileSync } from 'node:fs'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { mayRun } from '../shim/ask.ts'
import { questionOf, shellCall } from '../shim/shell.ts'

export const BLOCKED = 126
/** Its script is on standard input, and nobody showed it yet. */
const SHOW_SCRIPT = 100
const SCRIPT_LIMIT = 1 << 20

export async function run(invocation: Invocation): Promise<number> {
  const call = shellCall(invocation.operands)
  const file = textFlag(invocation, 'script')
  if (call.reads && file === undefined) return SHOW_SCRIPT
  const script = call.reads ? readScript(file!) : undefined
  return await mayRun(invocation, questionOf(call, script)) ? 0 : BLOCKED
}

function readScript(file: string): string {
  const bytes = readFileSync(file)
  if (bytes.length > SCRIPT_LIMIT) throw new RampartError('too_large', 'The script is over 1 MiB')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new RampartError('request_invalid', 'The script is not valid UTF-8')
  }
}
