import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inTemp, rampart } from './run.ts'

function config(home: string, servers: string): void {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  writeFileSync(join(home, 'config.yaml'), `mcp:\n  servers:\n    - ${servers}\n`, { mode: 0o600 })
}

test('config show names servers, not what they are called with', () =>
  inTemp(async (home) => {
    config(home, '{name: files, command: [npx, --key, s3cret]}')
    const { out } = await rampart(['config', 'show'], { home })
    assert.match(out, /^mcp\.servers +files \(npx\) /m)
    assert.doesNotMatch(out, /s3cret/)
  }))

/** A server as config.yaml has it, and what is wrong with it. */
const FAULTS: readonly (readonly [server: string, why: RegExp])[] = [
  ['{name: a__b, command: [x]}', /the name of a server is lower case/],
  ['{name: A, command: [x]}', /the name of a server is lower case/],
  ['{name: a}', /a: expected a command or a url/],
  ['{name: a, command: [x], url: "http://x/"}', /a: expected a command or a url/],
  ['{name: a, command: x}', /command is a list of words/],
  ['{name: a, url: "ftp://x/"}', /url is an http or https URL/],
  ['{name: a, command: [x], denials: never}', /denials is result or error/],
  ['{name: a, command: [x], roles: {t: {p: file}}}', /roles are/],
  ['{name: a, command: [x], colour: red}', /unknown key "colour"/],
  ['{name: a, command: [x]}\n    - {name: a, command: [y]}', /the server a comes twice/],
]

for (const [server, why] of FAULTS) {
  test(`a fault of config.yaml: ${server.replace(/\s+/g, ' ')}`, () =>
    inTemp(async (home) => {
      config(home, server)
      const { code, err } = await rampart(['mcp', '--name', 'a'], { home })
      assert.equal(code, 3)
      assert.match(err, why)
    }))
}

/** Command lines that contradict themselves, and a token that would go in the clear. */
const LINES: readonly (readonly [argv: readonly string[], why: RegExp])[] = [
  [['mcp'], /Name a server/],
  [['mcp', '--name', 'none'], /Name a server/],
  [['mcp', '--url', 'http://127.0.0.1:1/', '--', 'x'], /not both/],
  [['mcp', '--url', 'file:///x'], /not an http or https URL/],
  [['mcp', '--url', 'https://a:b@example.com/'], /without a password/],
  [['mcp', '--url', 'http://example.com/'], /needs https/],
  [['mcp', '--name', 'a__b', '--', 'true'], /cannot be the name of a server/],
]

for (const [argv, why] of LINES) {
  test(`refused: rampart ${argv.join(' ')}`, () =>
    inTemp(async (home) => {
      const { code, err, out } = await rampart(argv, { home, env: { RAMPART_MCP_TOKEN: 's3cret' } })
      assert.deepEqual([code, out], [3, ''])
      assert.match(err, why)
      assert.doesNotMatch(err, /s3cret/)
    }))
}
