import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environmentOf } from '../../src/cli/config.ts'
import { main } from '../../src/cli/main.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** One command line in this process, with a state directory of its own. */
export async function rampart(
  argv: readonly string[],
  options: {
    home?: string
    env?: Record<string, string>
    terminal?: boolean
    progress?: boolean
  } = {},
): Promise<Ran> {
  let out = ''
  let err = ''
  const home = options.home ?? '/nonexistent/rampart'
  // As src/cli.ts does: timers below do not keep a process alive, and a fresh policy file is waited for.
  const alive = setInterval(() => {}, 1 << 30)
  try {
    const code = await main(argv, {
      environment: environmentOf({ RAMPART_HOME: home, ...options.env }, '/nonexistent'),
      streams: { out: (text) => void (out += text), err: (text) => void (err += text) },
      terminal: options.terminal ?? false,
      progress: options.progress ?? false,
    })
    return { code, out, err }
  } finally {
    clearInterval(alive)
  }
}

/** Run with a temporary directory that is gone afterwards. */
export async function inTemp<T>(body: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-cli-'))
  try {
    return await body(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
