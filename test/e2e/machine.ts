import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { quotedWords } from '../../src/intercept/shell/quote.ts'
import { RUNTIME } from '../helpers/runtime.ts'
import { type Person, withPerson } from '../setup/helpers.ts'
import { ownRuntime, type Ran, runProgram } from './server.ts'

const STAND_IN = fileURLToPath(new URL('../setup/codex-stand-in.mjs', import.meta.url))

export interface Check {
  readonly id: string
  readonly status: string
  readonly detail: string
}

export interface Machine extends Person {
  readonly run: (
    argv: readonly string[],
    options?: {
      cwd?: string
      env?: Record<string, string>
      input?: string
      /** In Rampart's place. */
      program?: readonly string[]
    },
  ) => Promise<Ran>
  readonly program: (name: string, text: string) => void
}

/** A person with agents in PATH, whose server takes any free port. */
export async function onMachine(
  body: (machine: Machine) => Promise<void>,
  name = 'ho me',
): Promise<void> {
  await withPerson(async (person) => {
    const { home, state } = person
    mkdirSync(person.at('bin'))
    mkdirSync(state, { mode: 0o700 })
    writeFileSync(join(state, 'config.yaml'), 'addr: 127.0.0.1:0\n', { mode: 0o600 })
    const PATH = `${person.at('bin')}:/usr/bin:/bin`
    const machine: Machine = {
      ...person,
      program(file, text) {
        writeFileSync(join(home, 'bin', file), text)
        chmodSync(join(home, 'bin', file), 0o755)
      },
      run: (argv, { cwd = home, env = {}, input, program = ownRuntime() } = {}) =>
        runProgram([...program, ...argv], {
          home: state,
          cwd,
          env: { HOME: home, PATH, XDG_RUNTIME_DIR: '', ...env },
          ...(input === undefined ? {} : { input }),
        }),
    }
    try {
      await body(machine)
    } finally {
      await machine.run(['serve', 'stop'])
    }
  }, { name })
}

/** An app-server that keeps trust as Codex does. */
export function standInCodex({ program }: Machine): void {
  const flags = RUNTIME === 'deno' ? ['run', '-A', '--no-check'] : []
  program('codex', `#!/bin/sh\nexec ${quotedWords([process.execPath, ...flags, STAND_IN])} "$@"\n`)
}

/** How each check of a host ended, in what `--json` printed. */
export const checksOf = (out: string, host: string): Record<string, string> => {
  const { hosts } = JSON.parse(out) as { hosts: { host: string; checks: Check[] }[] }
  const { checks } = hosts.find((one) => one.host === host)!
  return Object.fromEntries(checks.map(({ id, status }) => [id, status]))
}
