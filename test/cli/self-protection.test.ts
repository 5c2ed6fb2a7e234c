import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { rampart } from './run.ts'

const NAMES = ['state', 'it (1)', "it's [a] {b}"]

for (const name of NAMES) {
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
