import { turnOn } from '../../service/off.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { atTerminal, withState } from '../with-state.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const wasOff = await withState(invocation, (state) => turnOn(state, atTerminal()))
  if (out.json) out.data({ was_off: wasOff })
  else out.line(wasOff ? safe`On again` : safe`It was on already`)
  return 0
}
