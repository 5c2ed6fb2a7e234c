import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { RampartError } from '../../errors.ts'
import type { Invocation } from '../command.ts'
import { places } from '../config.ts'
import { runSuites } from '../suite.ts'

/** The tests of the named files, else of every policy file of the state directory. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, environment } = invocation
  const files = operands.length > 0 ? operands : await ownFiles(environment.home)
  if (files.length > 0) return await runSuites(invocation, files)
  throw new RampartError('not_found', `No policy file in ${places(environment.home).policies}`)
}

async function ownFiles(home: string): Promise<string[]> {
  const { policies } = places(home)
  const names = await readdir(policies).catch(() => [])
  return names.filter((name) => name.endsWith('.yaml') && name !== 'user.yaml').sort()
    .map((name) => join(policies, name))
}
