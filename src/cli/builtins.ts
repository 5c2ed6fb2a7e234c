import { resolve } from 'node:path'
import { PARSED } from '../embedded/policies-parsed.ts'
import { PACKS, POLICIES } from '../embedded/policies.ts'
import type { ParsedFile, ParseStore } from '../engine/assemble.ts'

const PROTECTION = 'self-protection'
const DEFAULT_PORT = 9090

/** Every built-in text as it stands, for commands that ask what is wrong and not what is in force. */
export const BUILTINS: Readonly<Record<string, string>> = { ...POLICIES, ...PACKS }

/** The built-ins for a server: self-protection names the places in use, wherever they are. */
export function builtinsFor(
  home: string,
  port: number | undefined,
): Readonly<Record<string, string>> {
  // The text quotes with ', and a path as a replacement would have `$&` in it mean something.
  const state = globEscape(resolve(home)).replaceAll("'", "''")
  return { ...BUILTINS, [PROTECTION]: placed(BUILTINS[PROTECTION] ?? '', state, port) }
}

/**
 * A store that knows what the built-ins say since Rampart was built, and asks `inner` for all other texts:
 * reading them is most of what a command takes to start.
 */
export function withBuiltins(
  { home, port }: { readonly home?: string; readonly port?: number | undefined },
  inner?: ParseStore,
): ParseStore {
  const texts = home === undefined ? BUILTINS : builtinsFor(home, port)
  const state = home === undefined ? undefined : resolve(home)

  function known(name: string): ParsedFile | undefined {
    const json = PARSED[name]
    if (json === undefined || name !== PROTECTION || state === undefined) {
      return json === undefined ? undefined : JSON.parse(json)
    }
    // Only a path that means itself in a glob and in JSON stands there as it is.
    return isPlain(state) ? JSON.parse(placed(json, state, port)) : undefined
  }

  return {
    get(source) {
      const { file, layer, text } = source
      const name = /^builtin:(.+)$/.exec(file)?.[1]
      const isOurs = name !== undefined && Object.hasOwn(texts, name) && texts[name] === text &&
        layer !== 'overlay' && layer !== 'project'
      return (isOurs ? known(name) : undefined) ?? inner?.get(source)
    },
    set: (source, file) => inner?.set(source, file),
  }
}

function placed(text: string, state: string, port: number | undefined): string {
  return text.replaceAll('{{state}}', () => state)
    .replaceAll('{{port}}', () => String(port || DEFAULT_PORT))
}

function isPlain(path: string): boolean {
  return /^[\w./-]{1,256}$/.test(path)
}

/** A path as a glob that means itself. */
function globEscape(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|]/g, '\\$&')
}
