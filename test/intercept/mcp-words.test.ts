import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { natureOf, roleOf } from '../../src/intercept/mcp-words.ts'

const file = new URL('../fixtures/intercept/mcp-words.yaml', import.meta.url)
const table = parse(readFileSync(file, 'utf8')) as Record<
  'natures' | 'roles',
  Record<string, string>
>

test('the table of words has its rows', () => {
  assert.ok(Object.keys(table.natures).length > 40 && Object.keys(table.roles).length > 15)
})

for (const [name, nature] of Object.entries(table.natures)) {
  test(`the tool ${name} says ${nature || 'nothing'}`, () => {
    assert.equal(natureOf(name) ?? '', nature)
  })
}

for (const [name, role] of Object.entries(table.roles)) {
  test(`the argument ${name} is ${role || 'anything'}`, () => {
    assert.equal(roleOf(name) ?? '', role)
  })
}
