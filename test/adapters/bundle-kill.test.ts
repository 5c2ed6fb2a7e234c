import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { BundleStore } from '../../src/adapters/bundle-store.ts'
import { bundleOf, signingKey } from '../helpers/bundle.ts'
import { startScript } from '../helpers/spawn.ts'

const ROUNDS = 6
const VERSIONS = 400

test('kill -9 while bundles follow one another: each time a whole one is in force, and none is lost', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-bundle-kill-')))
  try {
    const key = signingKey()
    const dir = join(root, 'bundles')
    const pem = join(root, 'key.pem')
    mkdirSync(dir, { mode: 0o700 })
    writeFileSync(pem, key.publicPem)
    // Of another size each, so that half of one is none.
    const files = Array.from({ length: VERSIONS }, (_, at) => {
      const text = `version: "1"\ndefault_action: allow\n${'#'.repeat(at * 37 % 5000)}\n`
      const file = join(root, `${at + 1}.tar`)
      writeFileSync(
        file,
        key.sign(bundleOf(at + 1, { files: [{ path: 'policies/a.yaml', text }] })),
      )
      return file
    })
    let before = 0
    for (let round = 1; round <= ROUNDS; round++) {
      const { child, lines, printed, ended } = startScript('./bundle-worker.ts', [
        dir,
        pem,
        ...files,
      ])
      await printed(round * 3)
      child.kill('SIGKILL')
      await ended
      const told = Number(lines.at(-1))
      const store = new BundleStore({ dir, active: join(dir, 'active.tar'), keys: [key.trusted] })
      assert.deepEqual(await store.open(), [])
      const version = store.current?.manifest.version ?? 0
      // What it said is in force; it may have come one further before it could say so.
      assert.ok(version === told || version === told + 1, `${version} after ${told}`)
      assert.ok(version > before)
      assert.equal(store.known?.highest.version, version)
      before = version
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
