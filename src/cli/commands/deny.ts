import { resolve } from '../approvals.ts'
import type { Invocation } from '../command.ts'

export function run(invocation: Invocation): Promise<number> {
  return resolve(invocation, false)
}
