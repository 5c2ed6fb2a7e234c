import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { SCRIPT, STYLE } from '../../src/embedded/dashboard.ts'
import { onlyOn } from '../helpers/runtime.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const client = `${root}src/http/dashboard/client`

test(
  'what is embedded of the dashboard is what its sources make: else run node scripts/embed.mjs',
  {
    skip: onlyOn('node', 'the bundler is the same'),
  },
  () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/embed.mjs', '--check'], {
      cwd: root,
      encoding: 'utf8',
    })
    assert.equal(status, 0, stderr)
  },
)

test('the script of the dashboard is at most 60 kB gzipped, and needs no other server', () => {
  assert.ok(gzipSync(SCRIPT).length <= 60_000, `${gzipSync(SCRIPT).length} bytes`)
  assert.ok(gzipSync(STYLE).length <= 10_000)
  // The name of a picture's language is no address that is asked for anything.
  const named = SCRIPT.replaceAll('http://www.w3.org/2000/svg', '')
    .replaceAll(/http:\/\/169\.254\.169\.254\S*|https:\/\/example\.com/g, '')
  assert.doesNotMatch(named, /https?:\/\//)
  assert.doesNotMatch(STYLE, /url\(|@import/)
})

test('no source of the dashboard makes markup out of text, or a style out of markup', () => {
  const markup =
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|\beval\b|new Function|setAttribute\('style'|cssText|srcdoc/
  for (const name of readdirSync(client).filter((each) => each.endsWith('.ts'))) {
    assert.doesNotMatch(readFileSync(`${client}/${name}`, 'utf8'), markup, name)
  }
  assert.doesNotMatch(SCRIPT, markup)
})
