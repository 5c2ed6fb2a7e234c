import type { Invocation } from '../command.ts'
import { makeRule, wantedOf } from '../rules.ts'

export async function run(invocation: Invocation): Promise<number> {
  return await makeRule(invocation, await wantedOf(invocation, 'block'))
}
