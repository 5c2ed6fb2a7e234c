import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PACKS, POLICIES } from '../../src/embedded/policies.ts'
import { onlyOn } from '../helpers/runtime.ts'
import { pageText } from './page.ts'
import { reasonPages } from './reason-pages.ts'

const skip = onlyOn('node', 'the pages are the same')
const pages = skip ? new Map<never, never>() : reasonPages()

test('every profile and pack has a page of reasons, which docs/profiles.md names', { skip }, () => {
  const told = [...pages.keys()].map((path) => /([^/]+)\.md$/.exec(path)![1]!)
  assert.deepEqual([...told].sort(), [...Object.keys(POLICIES), 'packs'].sort())
  const packs = pages.get('docs/profiles/packs.md')!.text.matchAll(/^## `(.+)`$/gm)
  assert.deepEqual([...packs].map(([, name]) => name), Object.keys(PACKS).sort())
  for (const name of told) assert.ok(pageText('docs/profiles.md').includes(`(profiles/${name}.md`))
})

for (const [path, { text, told }] of pages) {
  test(`${path} is what policies/ says: else UPDATE=1 npm test -- node test/docs`, () => {
    if (process.env['UPDATE'] === '1') {
      const file = fileURLToPath(new URL(`../../${path}`, import.meta.url))
      mkdirSync(fileURLToPath(new URL('../../docs/profiles/', import.meta.url)), {
        recursive: true,
      })
      writeFileSync(file, text)
    } else assert.equal(pageText(path), text)
  })

  test(`${path}: each policy gives its reason, each rule a line that meets it and one that does not`, () => {
    for (const { policies } of told) {
      for (const { policy, rules } of policies) {
        assert.ok((policy.description ?? '').length > 20, `${policy.name} has no description`)
        rules.forEach(({ met, neighbour }, at) => {
          const rule = `${policy.name}/${at + 1}`
          assert.ok(met, `${rule}: no test meets it`)
          assert.ok(neighbour, `${rule}: no test is like "${met.line}" and free of it`)
        })
      }
    }
  })
}
