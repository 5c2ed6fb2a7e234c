import { existsSync, readFileSync } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { replaceFile } from '../../adapters/replace-file.ts'
import { shellQuote } from '../../intercept/shell/quote.ts'
import { selfCommand } from '../../runtime/self.ts'
import type { HookProgram } from '../../setup/command-line.ts'
import { places } from '../config.ts'

/** Code and settings that interpreters take from whoever starts them (security.md F37). */
const UNSET = [
  'NODE_OPTIONS',
  'NODE_PATH',
  'BUN_OPTIONS',
  'BUN_INSPECT',
  'DENO_DIR',
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'DYLD_INSERT_LIBRARIES',
]

/** Ourselves as one program: this executable, or a launcher of ours where we are a script. */
export function ownProgram(home: string): string {
  const [program, ...script] = selfCommand()
  return script.length === 0 ? program! : launcherOf(home)
}

/** What hosts are told to start: the client in C where it was unpacked, which starts us where no server answers. */
export function hookProgram(home: string): HookProgram {
  return programOf(home, existsSync(clientOf(home)))
}

/** What they will be told once `prepareProgram` was here; nothing is unpacked. */
export async function plannedProgram(home: string): Promise<HookProgram> {
  if (existsSync(clientOf(home))) return programOf(home, true)
  const { hasNative } = await import('../wrap/native.ts')
  return programOf(home, await hasNative('rampart-shim'))
}

function programOf(home: string, hasClient: boolean): HookProgram {
  const own = ownProgram(home)
  return hasClient
    ? { kind: 'shim', path: clientOf(home), bin: own }
    : { kind: 'executable', path: own }
}

/** Where the client in C is unpacked. */
export const clientOf = (home: string): string => join(places(home).lib, 'rampart-shim')
const launcherOf = (home: string) => join(places(home).lib, 'rampart')

/** Make what hosts are told to start. A host never runs an interpreter by itself (F37). */
export async function prepareProgram(home: string): Promise<void> {
  // Where there is none, for want of a C compiler, hosts start the executable: slower, the same answers.
  const { nativeFile } = await import('../wrap/native.ts')
  await nativeFile(home, 'rampart-shim')
  const words = selfCommand()
  if (words.length === 1) return
  const path = launcherOf(home)
  const text = launcherText(words)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) await replaceFile(path, text)
  await chmod(path, 0o700)
}

/**
 * It leaves the agent's directory first: a runtime reads `bunfig.toml`, `.env` or `deno.json` where it is started.
 * What a hook needs to know of that directory the host says on standard input.
 */
function launcherText(words: readonly string[]): string {
  return `#!/bin/sh
# ${basename(words.at(-1)!)} as one program, for hooks of agents: made by rampart setup
unset ${UNSET.join(' ')}
cd / || exit 2
exec ${words.map(shellQuote).join(' ')} "$@"
`
}
