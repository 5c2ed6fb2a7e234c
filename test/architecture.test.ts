import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const sources = globSync('src/**/*.ts', { cwd: root }).map((path) => ({
  path: path.slice('src/'.length),
  room: /^src\/([^/]+)\//.exec(path)?.[1] ?? '',
  text: read(path),
}))

/** What each room may import besides itself and packages; `node:` only where it is listed. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  engine: ['errors.ts'],
  intercept: ['engine', 'errors.ts'],
  audit: ['engine', 'errors.ts'],
  // What a bundle is, needs the words of policies and the one text of JSON; signing needs a platform, which is
  // handed in.
  bundle: ['engine', 'audit', 'errors.ts'],
  approval: ['engine', 'intercept', 'errors.ts'],
  notify: ['engine', 'audit', 'errors.ts'],
  fleet: ['audit', 'errors.ts'],
  service: ['engine', 'intercept', 'audit', 'approval', 'fleet', 'errors.ts', 'ports.ts'],
  daemon: ['engine', 'intercept', 'service', 'errors.ts', 'ports.ts'],
  setup: ['intercept', 'hosts', 'errors.ts'],
  hosts: ['engine', 'intercept', 'audit', 'service', 'errors.ts', 'ports.ts'],
  mcp: ['engine', 'intercept', 'audit', 'service', 'errors.ts', 'ports.ts'],
  http: [
    'engine',
    'audit',
    'approval',
    'fleet',
    'service',
    'hosts',
    'embedded',
    'errors.ts',
    'ports.ts',
  ],
  // Adapters implement ports; they know the engine's words and the pure rooms, never an edge.
  adapters: [
    'engine',
    'audit',
    'bundle',
    'approval',
    'fleet',
    'notify',
    'errors.ts',
    'ports.ts',
    // Of a runtime's own they use what its `node:` modules give too slowly.
    'runtime/hasher.ts',
    'node:',
  ],
  // The transport that a listener proves is a word of the edge.
  runtime: ['http/transport.ts', 'errors.ts', 'ports.ts', 'node:'],
  embedded: [],
}

for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
  test(`src/${room} imports ${allowed.join(', ') || 'nothing'}`, () => {
    const own = sources.filter((source) => source.room === room)
    assert.ok(own.length > 0, `src/${room} is empty`)
    for (const { path, text } of own) {
      for (const specifier of importsOf(text)) {
        assert.ok(isAllowed(path, specifier, allowed), `${path} imports ${specifier}`)
      }
    }
  })
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!)
}

function isAllowed(path: string, specifier: string, allowed: readonly string[]): boolean {
  if (specifier.startsWith('node:')) return allowed.includes('node:')
  if (!specifier.startsWith('.')) return true
  const target = relative('/src', join('/src', dirname(path), specifier))
  const room = target.split('/')[0]!
  return room === path.split('/')[0] || allowed.some((name) => target === name || room === name)
}

test('adapters and runtime are made by the command line and the public module alone', () => {
  for (const { path, room, text } of sources) {
    if (['cli', 'adapters', 'runtime'].includes(room) || path === 'mod.ts') continue
    const found = importsOf(text).filter((name) => /(?:^|\/)(?:adapters|runtime)\//.test(name))
    assert.deepEqual(found, [], path)
  }
})

/** What only one place may touch. */
const ONLY_IN: readonly [places: readonly string[], what: RegExp][] = [
  [['runtime/'], /\b(?:Bun|Deno)\.(?=\w)/],
  [['cli/config.ts'], /\bprocess\.env\b/],
  [['cli/output.ts', 'adapters/stderr-log.ts'], /\bconsole\.|\bprocess\.std(?:out|err)\b/],
  [['adapters/clock.ts'], /\bDate\.now\b|\bnew Date\(\)/],
]

for (const [places, what] of ONLY_IN) {
  test(`only ${places.join(' and ')} may use ${what.source}`, () => {
    for (const { path, text } of sources) {
      if (places.some((place) => path.startsWith(place))) continue
      assert.ok(!what.test(withoutComments(text)), path)
    }
  })
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

/** Made by a program, or plain tables. */
const LONG = new Set([
  'src/cli/table.ts',
  'src/embedded/policies.ts',
  'src/embedded/policies-parsed.ts',
  'src/embedded/policy-tests.ts',
  'src/embedded/corpus.ts',
  'src/embedded/dashboard.ts',
  'src/embedded/answers.ts',
])

test('no file is longer than 300 lines unless it is a plain table', () => {
  const files = globSync('{src,test,bench,scripts}/**/*.{ts,mjs}', { cwd: root })
  const long = files.filter((path) => !LONG.has(path) && read(path).split('\n').length > 301)
  assert.deepEqual(long, [])
})

test('every test file declares a test', () => {
  const files = globSync('test/**/*.test.ts', { cwd: root })
  assert.deepEqual(files.filter((path) => !/\btest\(/.test(read(path))), [])
})

test('no tracked file names a package registry or a directory of the machine it was made on', () => {
  const { stdout, status } = spawnSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
  if (status !== 0) return
  // Written apart, so that this file does not name what it looks for.
  const banned = [['registry', 'npmjs'], ['registry', 'yarnpkg'], ['proxy', 'golang'], [
    'pypi',
    'org',
  ]]
    .map((parts) => parts.join('.')).concat(['', 'work', 'main'].join('/'))
  for (const path of stdout.split('\n').filter((name) => name !== '')) {
    const text = read(path)
    assert.deepEqual(banned.filter((name) => text.includes(name)), [], path)
  }
})

const Rules = z.array(z.strictObject({
  rule: z.string().regex(/^(?:F\d+|semantics \d+)$/),
  later: z.string().min(1).optional(),
}))

test('every rule that part 1 must carry has a test or a fixture named after it', () => {
  const rules = Rules.min(40).parse(parse(read('test/fixtures/rules.yaml')))
  const files = globSync('{test,policies}/**/*.{ts,yaml,json}', { cwd: root })
    .filter((path) => !path.endsWith('rules.yaml') && !path.endsWith('architecture.test.ts'))
  const names = files.map(read).join('\n')
  const missing = rules.filter(({ rule, later }) =>
    later === undefined && !new RegExp(`\\b${rule}(?!\\d)`).test(names)
  )
  assert.deepEqual(missing.map(({ rule }) => rule), [])
})
