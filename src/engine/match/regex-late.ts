import type { Regex } from './regex.ts'

type Compiler = (source: string) => Regex

let compiler: Compiler | undefined

/**
 * Have the engine of regular expressions ready: expressions of policies are compiled for the first output, and
 * most processes that read the policies never see one. To be awaited before an output is judged.
 */
export async function readyRegex(): Promise<void> {
  compiler ??= (await import('./regex.ts')).compileRegex
}

/**
 * Compile an expression that was found good when its file was read.
 *
 * @throws Error where `readyRegex` was not awaited: then nothing of the output may be shown.
 */
export function compileLate(source: string): Regex {
  if (compiler === undefined) throw new Error('Regular expressions are not ready')
  return compiler(source)
}
