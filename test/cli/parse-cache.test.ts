import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { openParseCache } from '../../src/adapters/parse-cache.ts'
import { loadPolicies, type ParseStore, type PolicyText } from '../../src/engine/load.ts'
import { inTemp } from './run.ts'

const TEXT = `version: "1"
default_action: deny
policies:
  - name: a
    rules: [{action: allow, when: {command_matches: "ls*"}, expires_at: 2030-01-01T00:00:00Z}]
`
const SOURCE = { file: 'p.yaml', layer: 'user', text: TEXT } as const

function load(
  parses: ParseStore | undefined,
  source: PolicyText = SOURCE,
): ReturnType<typeof loadPolicies> {
  return loadPolicies([source], { builtins: {}, hash: (texts) => texts.join(), parses })
}

/** A store that counts what it could give. */
function counted(store: ParseStore): ParseStore & { hits: number } {
  const counting = {
    hits: 0,
    get(source: Parameters<ParseStore['get']>[0]) {
      const found = store.get(source)
      if (found !== undefined) counting.hits++
      return found
    },
    set: (source: Parameters<ParseStore['set']>[0], file: Parameters<ParseStore['set']>[1]) =>
      store.set(source, file),
  }
  return counting
}

const open = (dir: string, secret = 's', version = '1') =>
  openParseCache({ dir: join(dir, 'cache'), secret, version })

test('F26 a text read before gives the same policies without being read again', () =>
  inTemp(async (dir) => {
    const plain = load(undefined)
    load(open(dir))
    const again = counted(open(dir))
    const warm = load(again)
    assert.equal(again.hits, 1)
    assert.equal(warm.set?.hash, plain.set?.hash)
    assert.deepEqual(warm.set?.listing, plain.set?.listing)
    assert.deepEqual(warm.set?.policies[0]?.rules[0]?.expiresAt, Date.parse('2030-01-01T00:00:00Z'))
    if (process.getuid === undefined) return
    assert.equal(statSync(join(dir, 'cache')).mode & 0o777, 0o700)
    const [entry] = readdirSync(join(dir, 'cache'))
    assert.equal(statSync(join(dir, 'cache', entry!)).mode & 0o777, 0o600)
  }))

test('F26 what a remembered rule is found by is what its patterns say', () =>
  inTemp(async (dir) => {
    const text = `version: "1"
default_action: allow
policies:
  - name: a
    rules:
      - {action: deny, when: {command_matches: ["rm -rf *", "curl * | sh"], path_matches: "~/.ssh/id_*"}}
      - {action: deny, when: {path_matches: ["/etc/{shadow,passwd}", "**/.env"]}}
      - {action: deny, when: {program: {name: [nc, Ncat], operands: "/dev/*"}}}
      - {action: deny, when: {command_matches: "dd *"}}
      - {action: log, when: {default: true}}
`
    const source = { ...SOURCE, text }
    load(open(dir), source)
    const [plain, warm] = [load(undefined, source), load(open(dir), source)].map(({ set }) =>
      set!.policies[0]!.rules.map((rule) => {
        const literals = rule.literals()
        return literals === 'none' ? literals : {
          ...literals,
          relative: literals.relative?.() ?? [''],
          globs: literals.globs?.(),
          relativeGlobs: literals.relativeGlobs?.(),
          rooted: literals.rooted?.(['/home/u']),
        }
      })
    )
    assert.deepEqual(
      warm?.map((literals) => literals === 'none' ? literals : literals.dimension),
      ['path', 'path', 'exact', 'command', 'none'],
    )
    const byRelative = (all: typeof plain) =>
      all?.map((one) => one === 'none' || one.dimension === 'path' ? one : one.all)
    assert.deepEqual(byRelative(warm), byRelative(plain))
  }))

test('F26 another text, layer, secret or version of the program finds nothing', () =>
  inTemp(async (dir) => {
    load(open(dir))
    for (
      const [store, source] of [
        [open(dir), { ...SOURCE, text: `${TEXT}#` }],
        [open(dir), { ...SOURCE, layer: 'managed' as const }],
        [open(dir, 'other'), SOURCE],
        [open(dir, 's', '2'), SOURCE],
      ] as const
    ) assert.equal(store.get(source), undefined)
  }))

test('F26 an entry that was changed, moved, linked or is open to others counts for nothing', () =>
  inTemp(async (dir) => {
    const cache = join(dir, 'cache')
    load(open(dir))
    const path = join(cache, readdirSync(cache)[0]!)
    const text = readFileSync(path, 'utf8')
    const other = { ...SOURCE, text: `${TEXT}# more` }
    load(open(dir), other)
    const otherPath = readdirSync(cache).map((name) => join(cache, name)).find((p) => p !== path)!
    const spoilt: readonly (readonly [string, () => void])[] = [
      ['changed', () => writeFileSync(path, text.replace('deny', 'allow'))],
      ['cut', () => writeFileSync(path, text.slice(0, 40))],
      ['empty', () => writeFileSync(path, '')],
      ['the entry of another text', () => writeFileSync(path, readFileSync(otherPath, 'utf8'))],
    ]
    for (const [what, spoil] of spoilt) {
      spoil()
      assert.equal(open(dir).get(SOURCE), undefined, what)
      writeFileSync(path, text)
    }
    assert.notEqual(open(dir).get(SOURCE), undefined)
    if (process.getuid === undefined) return
    chmodSync(cache, 0o755)
    assert.equal(open(dir).get(SOURCE), undefined, 'open to others')
    chmodSync(cache, 0o700)
    const linked = join(dir, 'linked')
    mkdirSync(linked, { mode: 0o700 })
    symlinkSync(path, join(linked, path.slice(cache.length + 1)))
    const through = openParseCache({ dir: linked, secret: 's', version: '1' })
    assert.equal(through.get(SOURCE), undefined, 'a link')
  }))

test('a cache that cannot be written is no failure', () =>
  inTemp(async (dir) => {
    writeFileSync(join(dir, 'cache'), '')
    assert.notEqual(load(open(dir)).set, undefined)
    assert.notEqual(
      load(openParseCache({ dir: '/nonexistent/x', secret: '', version: '' })).set,
      undefined,
    )
  }))

test('faults of remembered files still have their places', () =>
  inTemp(async (dir) => {
    const text = `version: "1"
default_action: allow
policies: [{name: a, rules: []}]
`
    const sources = ['a.yaml', 'b.yaml'].map((file) => ({ file, layer: 'user' as const, text }))
    const options = { builtins: {}, hash: () => '', parses: open(dir) }
    const first = loadPolicies(sources, options)
    assert.deepEqual(loadPolicies(sources, options).faults, first.faults)
    assert.match(first.faults[0]!.message, /taken already/)
    assert.equal(first.faults[0]!.line, 3)
  }))
