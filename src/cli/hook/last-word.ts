import process from 'node:process'
import { HOST_NAMES, type HostName } from '../../hosts/host.ts'
import { LAST_WORDS } from '../../hosts/refusals.ts'
import { briefStreams, endsWithoutReader, type Output } from '../output.ts'

const REASON = 'Rampart blocked this call because it could not judge it: deciding failed.'

/** The host that a command line names, however wrong the rest of it is. */
function hostIn(argv: readonly string[]): HostName | undefined {
  const at = argv.findIndex((word) => word === '--format' || word.startsWith('--format='))
  const word = argv[at]
  const name = word === '--format' ? argv[at + 1] : word?.slice('--format='.length)
  return HOST_NAMES.find((one) => one === name)
}

/** What is left to print for a host that lets exit code 2 pass; undefined where that code denies. */
function wordFor(argv: readonly string[]): string | undefined {
  const host = hostIn(argv)
  if (host === undefined || LAST_WORDS[host].exitsTwo) return undefined
  return `${JSON.stringify(LAST_WORDS[host].refuse(REASON))}\n`
}

/** Deny because the hook itself failed, the reason on stderr by now: the exit code to end with. */
export function lastWord(argv: readonly string[], out: Output): 0 | 2 {
  const word = wordFor(argv)
  if (word === undefined) return 2
  out.verbatim(word)
  return 0
}

/**
 * From now on whatever goes wrong in this process is a denial: a throw that nobody caught, a promise that
 * nobody waited for, a reader that went away. A process that is killed cannot say so; what `rampart setup`
 * writes around the command does.
 */
export function guardHook(argv: readonly string[]): void {
  endsWithoutReader(2)
  const streams = briefStreams()
  const fail = () => {
    const word = wordFor(argv)
    // A stream that takes nothing changes no code.
    try {
      if (word === undefined) streams.err(`${REASON}\n`)
      else streams.out(word)
    } finally {
      process.exit(word === undefined ? 2 : 0)
    }
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
}
