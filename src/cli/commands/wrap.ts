import { RampartError } from '../../errors.ts'
import type { Invocation } from '../command.ts'
import { launch } from '../wrap/launch.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { flags } = invocation
  const without = flags.has('no-preload')
  if (without && ['with-preload', 'files', 'net'].some((name) => flags.has(name))) {
    throw new RampartError(
      'usage',
      '--no-preload leaves nothing that --with-preload, --files or --net could do',
    )
  }
  const library = without ? 'none' : flags.has('with-preload') ? 'needed' : 'wanted'
  return await launch(invocation, { name: 'wrap', shells: true, library })
}
