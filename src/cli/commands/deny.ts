import { resolve } from '../resolve.ts'
import type { Invocation } from '../command.ts'

export function run(invocation: Invocation): Promise<number> {
  return resolve(invocation, false)
}
