import { eventBefore } from '../../setup/canaries.ts'
import { isOurs } from '../../setup/command-line.ts'
import { shellQuote } from '../../intercept/shell/quote.ts'
import { readJsonc } from '../../setup/jsonc.ts'
import type { Target } from '../setup/place.ts'
import { readSettings } from '../setup/settings-file.ts'

/** What a host would run before a call, read from its own files as they are now. */
export interface Installed {
  readonly path: string
  /** For the host's shell; argv where it starts a program by itself. */
  readonly command: string | readonly string[]
}

/** The hooks of ours that are installed before calls. Never rejects: what cannot be read has none. */
export async function installedHooks(targets: readonly Target[]): Promise<Installed[]> {
  const found = await Promise.all(targets.map(async (target) => {
    const settings = await readSettings(target.path).catch(() => undefined)
    return settings === undefined ? [] : commandsIn(target, settings.text)
  }))
  return found.flat()
}

function commandsIn({ host, path }: Target, text: string): Installed[] {
  if (host.name === 'cline') {
    const isBefore = path.endsWith(`/${eventBefore('cline')}`)
    return isBefore ? [{ path, command: shellQuote(path) }] : []
  }
  if (host.name === 'opencode' || host.name === 'openclaw') {
    const argv = argvIn(text)
    return argv === undefined ? [] : [{ path, command: argv }]
  }
  return jsonCommands(text, host.name, eventBefore(host.name))
    .map((command) => ({ path, command }))
}

function argvIn(text: string): readonly string[] | undefined {
  const line = /^const ARGV = (\[.*\])$/m.exec(text)?.[1]
  try {
    const argv: unknown = JSON.parse(line ?? '')
    return Array.isArray(argv) && argv.every((word) => typeof word === 'string') ? argv : undefined
  } catch {
    return undefined
  }
}

function jsonCommands(text: string, host: Target['host']['name'], event: string): string[] {
  try {
    return [...below(readJsonc(text)?.value, false)]
  } catch {
    return []
  }

  function* below(value: unknown, isUnder: boolean): Generator<string> {
    if (typeof value !== 'object' || value === null) return
    for (const [key, one] of Object.entries(value)) {
      const isCommand = key === 'command' || key === 'bash'
      if (isUnder && isCommand && typeof one === 'string' && isOurs(one, host)) yield one
      yield* below(one, isUnder || key === event)
    }
  }
}
