import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { environmentOf } from '../../src/cli/config.ts'
import { main } from '../../src/cli/main.ts'
import type { HookCall } from '../../src/setup/command-line.ts'
import { type Host, HOSTS } from '../../src/setup/hosts.ts'

export const CALL: HookCall = {
  command: '/opt/rampart hook --format HOST',
  argv: ['/opt/rampart', 'hook', '--format', 'HOST'],
  seconds: 330,
}

export const hostOf = (name: string): Host => HOSTS.find((host) => host.name === name)!

/** The call of a host, with a path that no machine has. */
export function callOf(host: string): HookCall {
  return { ...CALL, command: CALL.command.replace('HOST', host) }
}

export interface Person {
  /** The home directory. */
  readonly home: string
  /** The state directory of Rampart. */
  readonly state: string
  readonly at: (path: string) => string
  readonly put: (path: string, text: string | Uint8Array) => string
  readonly read: (path: string) => string
  readonly rampart: (
    ...argv: string[]
  ) => Promise<{ readonly code: number; readonly out: string; readonly err: string }>
}

/** A person with a home of their own, gone afterwards. */
export async function withPerson<T>(
  body: (person: Person) => Promise<T>,
  options: { readonly name?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-setup-'))
  const home = join(dir, options.name ?? 'home')
  mkdirSync(home, { mode: 0o700 })
  const at = (path: string) => join(home, path)
  try {
    return await body({
      home,
      state: at('.rampart'),
      at,
      put(path, text) {
        mkdirSync(dirname(at(path)), { recursive: true })
        writeFileSync(at(path), text)
        return at(path)
      },
      read: (path) => readFileSync(at(path), 'utf8'),
      rampart: async (...argv) => await run(argv, home, options.env ?? {}),
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function run(argv: readonly string[], home: string, env: Readonly<Record<string, string>>) {
  let out = ''
  let err = ''
  // As src/cli.ts does: nothing below keeps a process alive.
  const alive = setInterval(() => {}, 1 << 30)
  try {
    const code = await main(argv, {
      environment: environmentOf({ PATH: '/nonexistent', ...env }, home),
      streams: { out: (text) => void (out += text), err: (text) => void (err += text) },
      terminal: false,
    })
    return { code, out, err }
  } finally {
    clearInterval(alive)
  }
}
