import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ownProgram } from '../../src/cli/setup/program.ts'
import { shellQuote } from '../../src/intercept/shell/quote.ts'
import { hookCall } from '../../src/setup/command-line.ts'
import { rampart } from './run.ts'

const NAMES = ['state', 'it (1)', "it's [a] {b}"]

for (const name of NAMES) {
  test(`semantics 33 an agent's host may start the hook that setup wrote, nothing else: ${name}`, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'rampart-place-'))
    const home = join(dir, name)
    try {
      const path = ownProgram(home)
      const word = shellQuote(path)
      const { command } = hookCall({ path, kind: 'executable' }, 'codex', {
        home,
        socket: join(home, 'run', 'rampart.sock'),
        seconds: 330,
      })
      const client = join(home, 'lib', 'rampart-shim')
      const asks = hookCall({ kind: 'shim', path: client, bin: path }, 'codex', {
        home,
        socket: join(home, 'run', 'rampart.sock'),
        seconds: 330,
      }).command
      for (
        const [line, code] of [
          [asks, 0],
          [`cat event.json | ${asks}`, 0],
          [`${asks}; ${word} off`, 1],
          [asks.replace('--bin', '--bin ./x.sh --bin'), 1],
          [`${asks} --bin ./x.sh`, 1],
          [asks.replace(/--bin \S+/, '--bin ./x.sh'), 1],
          [command, 0],
          [`cat event.json | ${command}`, 0],
          [command.replace('BUN_OPTIONS=', 'BUN_OPTIONS=--preload=./x.js'), 1],
          [`NODE_OPTIONS=--require=./x.js ${command}`, 1],
          [`${word} setup codex --remove`, 1],
          [`${word} off --reason ${word} hook --format codex`, 1],
          [`${command}; ${word} off`, 1],
          [`${command} > ${shellQuote(join(home, 'token'))}`, 1],
          ['/elsewhere/bin/rampart hook --format codex', 1],
        ] as const
      ) {
        const ran = await rampart(['test', line], { home })
        assert.equal(ran.code, code, `${line}: ${ran.out}${ran.err}`)
      }
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })

  test(`semantics 33 the real state directory is protected, wherever it is: ${name}`, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'rampart-place-'))
    const home = join(dir, name)
    try {
      for (
        const [tool, path, code] of [
          ['read', join(home, 'token'), 1],
          ['write', join(home, 'policies', 'user.yaml'), 1],
          ['write', home, 1],
          ['read', join(home, 'policies', 'team.yaml'), 0],
          ['read', `${home}-notes`, 0],
        ] as const
      ) {
        const ran = await rampart(['test', '--tool', tool, path], { home })
        assert.equal(ran.code, code, `${tool} ${path}: ${ran.out}${ran.err}`)
      }
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })
}
