import type { Invocation } from '../command.ts'
import { launch } from '../wrap/launch.ts'

export async function run(invocation: Invocation): Promise<number> {
  return await launch(invocation, { name: 'preload', shells: false, library: 'needed' })
}
