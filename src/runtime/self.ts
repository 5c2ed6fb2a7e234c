import process from 'node:process'

/**
 * The command that runs this program again: the executable itself, or the runtime with the script.
 * Nothing but our own files is named, so no search path or configuration of a directory takes part.
 */
export function selfCommand(): readonly string[] {
  const script = process.argv[1] ?? ''
  if (isCompiled(script)) return [process.execPath]
  if ('deno' in process.versions) return [process.execPath, 'run', '-A', '--no-check', script]
  if ('bun' in process.versions) return [process.execPath, '--no-env-file', script]
  return [process.execPath, script]
}

/** The script that this program was started by: what its own threads run where it is a single file. */
export function ownScript(): string | undefined {
  const script = process.argv[1] ?? ''
  return isCompiled(script) || /[\\/]rampart(?:\.mjs)?$/.test(script) ? script : undefined
}

function isCompiled(script: string): boolean {
  return script.startsWith('/$bunfs/') || script.startsWith('B:/~BUN/')
}
