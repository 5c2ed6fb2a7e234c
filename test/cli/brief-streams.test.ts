import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { RUNTIME } from '../helpers/runtime.ts'

const WORKER = join(import.meta.dirname, '..', 'helpers', 'brief-worker.ts')
const argv = (lengths: readonly number[]) => [
  ...(RUNTIME === 'deno' ? ['run', '-A', '--no-check'] : []),
  WORKER,
  ...lengths.map(String),
]
const wanted = (lengths: readonly number[]) =>
  lengths.map((length, index) => String(index).repeat(length)).join('')

for (
  const lengths of [[3], [30_000, 20_000, 10], [200_000], [50_000, 50_000, 50_000], [
    10,
    300_000,
    20,
  ]]
) {
  test(`texts of ${lengths.join(', ')} go out whole and in order, though nobody reads at first`, async () => {
    const child = spawn(process.execPath, argv(lengths), { stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Uint8Array[] = []
    // Reading begins once the last word was said, or the pipe is full.
    const begin = () => child.stdout.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    if (lengths.reduce((sum, length) => sum + length) < 60_000) child.stderr.once('data', begin)
    else begin()
    const code = await new Promise((resolve) => child.on('close', resolve))
    const text = Buffer.concat(chunks).toString('utf8')
    assert.equal(text.length, wanted(lengths).length)
    assert.equal(text, wanted(lengths))
    assert.equal(code, 0)
  })
}

test('into a file all of it goes, too', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-brief-'))
  const file = openSync(join(dir, 'out'), 'w')
  try {
    const lengths = [10, 100_000, 10]
    const child = spawn(process.execPath, argv(lengths), { stdio: ['ignore', file, 'ignore'] })
    await new Promise((resolve) => child.on('close', resolve))
    assert.equal(readFileSync(join(dir, 'out'), 'utf8'), wanted(lengths))
  } finally {
    closeSync(file)
    rmSync(dir, { recursive: true, force: true })
  }
})
