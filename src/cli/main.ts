import { parseLine } from './args.ts'
import type { Environment } from './config.ts'
import { helpOf, overview } from './help.ts'
import { lastWord } from './hook/last-word.ts'
import { createOutput, reportFailure, type Streams } from './output.ts'
import { TABLE } from './table.ts'

/** What the process is to a command line; tests hand in their own. */
export interface World {
  readonly environment: Environment
  readonly streams: Streams
  readonly terminal: boolean
  /** Whether a person sees stderr. */
  readonly progress?: boolean
}

/** Run one command line. Resolves with the exit code; never rejects. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  const stop = argv.indexOf('--')
  const json = argv.slice(0, stop < 0 ? argv.length : stop).includes('--json')
  const { environment } = world
  const colour = world.terminal && !json && !environment.noColour
  const out = createOutput(world.streams, { json, colour, progress: world.progress ?? false })
  try {
    const { command, group, operands, flags, help } = parseLine(argv, TABLE)
    if (command === undefined || help) {
      out.verbatim(command === undefined ? overview(group) : helpOf(command))
      return 0
    }
    const home = flags.get('home')
    const { run } = await command.load()
    return await run({
      command,
      operands,
      flags,
      out,
      environment: typeof home === 'string' ? environment.withHome(home) : environment,
    })
  } catch (error) {
    const code = reportFailure(error, out, environment.debug)
    return argv[0] === 'hook' ? lastWord(argv, out) : code
  }
}
