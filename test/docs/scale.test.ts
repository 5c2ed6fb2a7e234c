import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { quotedWords } from '../../src/intercept/shell/quote.ts'
import { cleanEnv, ownRuntime, ROOT, runProgram } from '../e2e/server.ts'
import { SKIP_POSTGRES, startPostgres } from '../helpers/postgres.ts'
import { onlyOn } from '../helpers/runtime.ts'
import { blocksOf, pageText } from './page.ts'

const skip = SKIP_POSTGRES || onlyOn('node', 'a page shows one set-up')

test(
  'docs/scale.md: its SQL and its commands set up a server that shares its state',
  { skip },
  async () => {
    const blocks = blocksOf(pageText('docs/scale.md'))
    const textOf = (language: string) =>
      blocks.filter((block) => block.language === language).map(({ text }) => text).join('\n')
    assert.deepEqual([...new Set(blocks.map(({ language }) => language))].sort(), ['sh', 'sql'])
    const postgres = await startPostgres()
    const dir = mkdtempSync(join(tmpdir(), 'rampart-scale-'))
    const home = join(dir, '.rampart')
    try {
      // This test's roles are there already, and the page makes its own.
      postgres.sql('DROP DATABASE rampart; DROP ROLE rampart; DROP ROLE rampart_owner')
      postgres.sql(textOf('sql'))
      mkdirSync(join(dir, 'bin'))
      const program = `#!/bin/sh\nexec ${quotedWords(ownRuntime())} "$@"\n`
      writeFileSync(join(dir, 'bin', 'rampart'), program, { mode: 0o755 })
      mkdirSync(home, { mode: 0o700 })
      writeFileSync(join(home, 'config.yaml'), 'addr: 127.0.0.1:0\n')
      const script = textOf('sh').replaceAll('db.example', `127.0.0.1:${postgres.port}`)
      const path = `${join(dir, 'bin')}:${process.env['PATH']}`
      const env = { ...cleanEnv(home), HOME: dir, PATH: path }
      const { code, out, err } = await runProgram(['bash', '-euc', script], {
        home,
        env,
        cwd: ROOT,
      })
      assert.equal(code, 0, `${out}${err}`)
      assert.match(out, /from version 0 to \d+, for rampart\n/)
      assert.match(out, /Rampart answers on /)
      assert.equal(statSync(join(home, 'keys', 'store.password')).mode & 0o777, 0o600)
      const token = ['token', 'create', '--agent', 'ci']
      assert.equal((await runProgram([...ownRuntime(), ...token], { home, env })).code, 0)
      assert.equal(postgres.sql('SELECT agent FROM rampart.tokens', 'rampart'), 'ci')
    } finally {
      await runProgram([...ownRuntime(), 'serve', 'stop'], { home })
      postgres.close()
      rmSync(dir, { recursive: true, force: true })
    }
  },
)
