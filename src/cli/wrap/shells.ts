import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accountHome } from '../../adapters/account-home.ts'
import { shellQuote } from '../../intercept/shell/quote.ts'
import { selfCommand } from '../../runtime/self.ts'
import { shShim } from '../shim/sh-text.ts'
import { isExecutable } from './program.ts'

/** Shells that the shim can stand for, the first for a person whose own is none of them. */
const SHELLS = ['bash', 'zsh', 'sh', 'dash', 'ksh'] as const

/** Where the shim looks for the real ones. */
const PLACES = [
  '/bin',
  '/usr/bin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
  '/run/current-system/sw/bin',
]

/**
 * A name in the directory for every shell of this machine, all of them the shim, and beside them the file
 * by which it knows whom to ask. Returns the names.
 */
export function linkShells(
  dir: string,
  shim: string,
  settings: Readonly<Record<string, string>>,
): string[] {
  const names = SHELLS.filter((name) => PLACES.some((place) => isExecutable(join(place, name))))
  for (const name of names) symlinkSync(shim, join(dir, name))
  writeFileSync(join(dir, 'rampart.env'), envFile(settings), { mode: 0o600, flag: 'wx' })
  return names
}

/** `NAME=value` lines; a value with a line end would be another line, so it is left out. */
function envFile(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings).filter(([, value]) => !/[\n\0]/.test(value))
    .map(([name, value]) => `${name}=${value}\n`).join('')
}

/** A program that is this one, where it takes several words to start it. */
export function selfScript(path: string, words: readonly string[]): string {
  return script(path, `#!/bin/sh\nexec ${words.map(shellQuote).join(' ')} "$@"\n`)
}

/** The shim in sh, for machines where the one in C cannot be built. */
export function shimScript(
  dir: string,
  { home, socket }: { home: string; socket: string },
): string {
  const userHome = accountHome()
  const text = shShim({ command: selfCommand(), stateHome: home, socket, userHome })
  return script(join(dir, 'rampart-shim'), text)
}

function script(path: string, text: string): string {
  writeFileSync(path, text, { flag: 'wx' })
  chmodSync(path, 0o700)
  return path
}
