import { oneValue, type Params, textAt } from './params.ts'
import { normalisePath, PATH_LIMIT, type Place } from './path.ts'
import { bothReadings, readArgv } from './shell/read-argv.ts'
import type { Reading } from './shell/read.ts'

/** Where programs lie that came with the system: their name says what they are. */
const SYSTEM = /^\/(?:usr\/)?(?:local\/)?s?bin\//

/**
 * The call of a program with its arguments. Where it is said which file is run, that is what is judged:
 * `argv[0]` is what the caller calls it (`exec -a ls rm`). Some programs do what `argv[0]` says, so where
 * the two differ the call is read as either: a restriction takes any, a permission needs both.
 *
 * @throws RampartError `request_invalid` for a program that is no path.
 */
export function readProgram(
  argv: readonly string[],
  params: Params,
  place: Place,
  scripts?: ReadonlyMap<string, string>,
): Reading {
  const given = oneValue(params, ['program'])
  if (given === undefined) return readArgv(argv, place, scripts)
  const program = textAt(given, PATH_LIMIT)
  const [name = '', ...rest] = argv
  const own = SYSTEM.test(program) ? baseOf(program) : program
  // A login shell is called `-bash`.
  if (baseOf(name.replace(/^-/, '')) === baseOf(program)) {
    const as = SYSTEM.test(program) || leadsTo(name, program, place) ? name : program
    return readArgv([as.replace(/^-/, ''), ...rest], place, scripts)
  }
  const real = readArgv([own, ...rest], place, scripts)
  // Nobody runs a program without a name, but anybody may call one so.
  return name === '' ? real : bothReadings(real, readArgv(argv, place, scripts))
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function leadsTo(name: string, program: string, { cwds }: Place): boolean {
  if (!name.includes('/')) return false
  if (name.startsWith('/')) return normalisePath(name) === normalisePath(program)
  return cwds.length === 1 && normalisePath(`${cwds[0]}/${name}`) === normalisePath(program)
}
