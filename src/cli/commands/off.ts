import { RampartError } from '../../errors.ts'
import { turnOff } from '../../service/off.ts'
import { type Invocation, textFlag } from '../command.ts'
import { safe } from '../output.ts'
import { duration } from '../settings.ts'
import { atTerminal, withState } from '../with-state.ts'

/** Break-glass: works with and without a server, which sees the switch at its next call. */
export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const text = textFlag(invocation, 'for')
  if (text === undefined) {
    throw new RampartError('usage', 'Say for how long, so that it ends by itself: --for 10m')
  }
  const ms = spanOf(text)
  const until = await withState(invocation, (state) => turnOff(state, ms, atTerminal()))
  const end = new Date(until).toISOString()
  if (out.json) out.data({ off_until: end })
  else out.line(safe`Off until ${end}. Rampart's own files stay protected. End it: rampart on`)
  return 0
}

function spanOf(text: string): number {
  try {
    return duration(text)
  } catch (error) {
    throw new RampartError('usage', `--for "${text}": ${(error as Error).message}`)
  }
}
