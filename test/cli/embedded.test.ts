import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { POLICIES } from '../../src/embedded/policies.ts'

const directory = new URL('../../policies/', import.meta.url)

test('the embedded profiles are the files of policies/: else run node scripts/embed.mjs', () => {
  const files = readdirSync(directory).filter((name) => name.endsWith('.yaml')).sort()
  assert.deepEqual(Object.keys(POLICIES), files.map((name) => name.slice(0, -5)))
  for (const file of files) {
    assert.equal(POLICIES[file.slice(0, -5)], readFileSync(new URL(file, directory), 'utf8'))
  }
})
