import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { diffOf } from '../../src/mcp/definitions.ts'
import { findingsIn } from '../../src/mcp/findings.ts'
import { fullName, nameFromCommand, nameFromUrl, namingWords } from '../../src/mcp/names.ts'
import { rolesIn } from '../../src/mcp/roles.ts'

const table = parse(
  readFileSync(new URL('../fixtures/mcp/descriptions.yaml', import.meta.url), 'utf8'),
) as { doubtful: { text: string; why: string }[]; plain: string[] }

test('the table of descriptions has its rows', () =>
  assert.ok(table.doubtful.length > 10 && table.plain.length > 5))

for (const { text, why } of table.doubtful) {
  test(`F38 doubtful: ${JSON.stringify(text).slice(0, 60)}`, () => {
    const deep = { inputSchema: { properties: { a: { enum: ['x', text] } } } }
    for (const definition of [{ description: text }, deep]) {
      assert.ok(
        findingsIn(definition).some(({ what }) => what === why),
        JSON.stringify(findingsIn(definition)),
      )
    }
    assert.ok(findingsIn({ properties: { [text]: {} } }).length > 0)
  })
}

for (const text of table.plain) {
  test(`plain: ${JSON.stringify(text).slice(0, 60)}`, () =>
    assert.deepEqual(findingsIn({ description: text }), []))
}

test('a difference is told by its place', () => {
  assert.deepEqual(
    diffOf('{"a":{"b":[1,2]},"c":"x","e":[]}', '{"a":{"b":[1,3]},"c":"x","d":{}}'),
    ['- a.b.1: 2', '+ a.b.1: 3', '+ d: {}', '- e: []'],
  )
})

const COMMANDS: readonly (readonly [command: string, name: string, naming?: string])[] = [
  [
    'npx -y @modelcontextprotocol/server-filesystem /a /b',
    'filesystem',
    'npx -y @modelcontextprotocol/server-filesystem',
  ],
  ['npx @modelcontextprotocol/server-git@1.2.3', 'git'],
  ['node node_modules/@modelcontextprotocol/server-everything/dist/index.js', 'everything'],
  ['npx -y @evil/server-filesystem', 'evil-server-filesystem'],
  ['uvx mcp-server-git --repository .', 'mcp-server-git'],
  ['node ./dist/index.js', 'index'],
  ['node /opt/weather/build/index.js', 'weather'],
  ['python -m my_server.main', 'my_server-main'],
  ['docker run -i --rm ghcr.io/github/github-mcp-server', 'github-mcp-server'],
  ['/usr/local/bin/My__Server', 'my-server'],
  ['bash', 'bash'],
  ['node -e code', 'code', 'node -e code'],
  ['node', 'node'],
  ['node -- \u0440\u0443', 'server'],
]
for (const [command, name, naming] of COMMANDS) {
  test(`the server ${command} is called ${name}`, () => {
    assert.equal(nameFromCommand(command.split(' ')), name)
    if (naming !== undefined) assert.equal(namingWords(command.split(' ')).join(' '), naming)
  })
}

test('an address gives a name', () => {
  assert.equal(nameFromUrl(new URL('https://mcp.example.com/v1')), 'example-com')
  assert.equal(nameFromUrl(new URL('http://[::1]:3000/mcp')), '1')
})

test('F38 no tool has a full name that another server could have', () => {
  assert.equal(fullName('a', 'b__c'), 'mcp__a__b__c')
  // A server's name has no `__`, so this is a tool of `a` for everybody.
  assert.equal(fullName('a__b', 'c'), undefined)
  assert.equal(fullName('a_', 'b'), undefined)
  assert.equal(fullName('a', '_b'), 'mcp__a___b')
  assert.equal(fullName('a', 're\u0430d'), undefined)
})

test('a schema says what its arguments stand for, where their names do not', () => {
  const property = (description: string) => ({ type: 'string', description })
  assert.deepEqual(
    rolesIn({
      properties: {
        path: property('The path'),
        what: property('The shell command to run'),
        where: property('Absolute path of the file'),
        link_to: { type: 'string', format: 'uri' },
        id: property('The command id'),
        text: property('What to write into the path'),
      },
    }),
    { what: 'command', where: 'path', link_to: 'url' },
  )
  for (const odd of [undefined, null, [], { properties: [] }, { properties: { a: null } }]) {
    assert.deepEqual(rolesIn(odd), {})
  }
})
