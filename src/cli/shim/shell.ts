import { accessSync, constants, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { RampartError } from '../../errors.ts'
import { readShellOptions } from '../../intercept/shell/shell-options.ts'

/** Where shells are; no variable adds to it. */
const PLACES = ['/bin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']
const SHELLS = /^r?(?:bash|zsh)$|^(?:sh|dash|ash|ksh|mksh|ksh93)$/

/** A call of a shell, as it was asked for. */
export interface ShellCall {
  readonly name: string
  readonly path: string
  readonly args: readonly string[]
  /** Its script is what stands on standard input. */
  readonly reads: boolean
}

/**
 * Read the words of a call: a shell's name, or the path of a shell, and its arguments.
 *
 * @throws RampartError `usage` for what is no shell that can be read
 */
export function shellCall(words: readonly string[]): ShellCall {
  const [program = '', ...args] = words
  const name = basename(program)
  if (!SHELLS.test(name)) throw new RampartError('usage', `"${name}" is no shell that can be read`)
  const path = program.includes('/') ? shellAt(program) : realShell(name)
  // sh is what it leads to: dash and bash refuse different options, and zsh has ways of its own.
  const really = basename(realpathSync(path))
  const options = readShellOptions(SHELLS.test(really) ? really : name, [name, ...args])
  const reads = !options.ends && !options.code &&
    (options.input || args[options.at - 1] === undefined)
  return { name, path, args, reads }
}

function shellAt(path: string): string {
  try {
    accessSync(path, constants.X_OK)
    return path
  } catch {
    throw new RampartError('usage', `There is no shell ${path}`)
  }
}

function realShell(name: string): string {
  for (const place of PLACES) {
    const path = join(place, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // The next place.
    }
  }
  throw new RampartError('usage', `There is no ${name} in ${PLACES.join(', ')}`)
}

/** What is asked about: the words, or with a script the line that means the same. */
export function questionOf(call: ShellCall, script?: string): Record<string, unknown> {
  const { name, args } = call
  if (script === undefined || script === '') return { argv: [name, ...args], shell: name }
  const options = readShellOptions(name, [name, ...args])
  const given = args.slice(options.at - 1)
  return given.length === 0
    ? { command: script, shell: name }
    : { argv: [name, '-c', script, name, ...given], shell: name }
}
