import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { evaluate } from '../../src/engine/evaluate.ts'
import { type Access, joinedReach, reachOf } from '../../src/engine/reach.ts'
import { callOf, factsOf, HOME, setOf } from '../helpers/engine.ts'
import { asks } from '../helpers/snapshot.ts'

const word = fc.constantFrom(
  'ssh',
  '.env',
  'id_rsa',
  'etc',
  'a',
  'ab',
  'home',
  'u',
  '.git',
  'x.pem',
)
const wild = fc.constantFrom('*', '**', '?', '[ab]', '{a,ssh}', 'a*', '*.pem', '@(a|ab)', '+(a)')
const pathGlob = fc.tuple(
  fc.constantFrom('/', '', '~/', '**/', '$HOME/'),
  fc.array(fc.oneof(word, wild), { minLength: 1, maxLength: 4 }),
).map(([front, parts]) => front + parts.join('/'))
const hostGlob = fc.constantFrom(
  '*.evil.com',
  'evil.com',
  '10.*',
  '*.local',
  'a?.com',
  '*',
  '[ab].com',
)
const urlGlob = fc.constantFrom(
  'http://*:2375/*',
  'https://evil.com/*',
  '*AKIA*',
  'http*://a*',
  '*',
)
const list = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 3 })

const when = fc.record({
  path_matches: list(pathGlob),
  path_not_matches: list(pathGlob),
  domain_matches: list(hostGlob),
  domain_not_matches: list(hostGlob),
  url_matches: list(urlGlob),
  command_matches: list(fc.constantFrom('rm *', '*')),
  command_not_matches: list(fc.constantFrom('rm *')),
  session_matches: list(fc.constantFrom('s*', 't')),
  call_count: fc.constant({ tool: 'read', gte: 1, window: '1m' }),
})
const KEYS = [
  'path_matches',
  'path_not_matches',
  'domain_matches',
  'domain_not_matches',
  'url_matches',
  'command_matches',
  'command_not_matches',
  'session_matches',
  'call_count',
] as const
const chosen = fc.tuple(when, fc.subarray([...KEYS], { maxLength: 2 }))
  .map(([all, keys]) => Object.fromEntries(keys.map((key) => [key, all[key]])))
const rule = fc.record({
  action: fc.constantFrom('deny', 'require_approval', 'log', 'allow'),
  when: chosen,
})
const policies = fc.array(
  fc.record({
    tool: fc.subarray(['read', 'write', 'delete', 'fetch', 'exec', '*', 'r*'], { minLength: 1 }),
    rules: list(rule),
  }),
  { minLength: 1, maxLength: 3 },
).map((all) =>
  all.map(({ tool, rules }, i) => ({
    name: `p${i}`,
    match: { tool },
    rules: rules.map((one) =>
      Object.keys(one.when).length === 0 ? { ...one, when: { default: true } } : one
    ),
  }))
)
const fallback = fc.constantFrom('allow', 'allow', 'allow', 'deny', 'log')
const path = fc.oneof(
  fc.array(word, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
  fc.array(word, { maxLength: 3 }).map((parts) => [HOME, ...parts].join('/')),
)
const host = fc.constantFrom(
  'evil.com',
  'x.evil.com',
  '10.0.0.8',
  'printer.local',
  'ab.com',
  'a.com',
)
const port = fc.constantFrom(80, 443, 2375)

const TOOLS = [['read', 'read'], ['write', 'write'], ['delete', 'delete_file']] as const

test('F26 the snapshot asks about every file and host that a policy would not simply allow', () => {
  let restricted = 0
  let free = 0
  fc.assert(
    fc.property(policies, fallback, path, host, port, (rules, defaultAction, path, host, port) => {
      const set = setOf({ user: rules }, defaultAction)
      const reach = reachOf(set, [HOME])
      const judge = (tool: string, params: Record<string, string>) =>
        evaluate(set, callOf(tool, params), factsOf({ callCount: () => 1 })).action !== 'allow'
      const check = (asked: boolean, held: boolean, access: Access) => {
        if (held) assert.ok(asked, `${access} ${path} ${host}:${port}`)
        restricted += Number(held)
        free += Number(!asked)
      }
      for (const [access, tool] of TOOLS) {
        check(asks(reach, access, 'path', path), judge(tool, { path }), access)
      }
      const url = port === 443
        ? `https://${host}/`
        : `http://${host}${port === 80 ? '' : `:${port}`}/`
      const asked = asks(reach, 'fetch', 'host', host) || asks(reach, 'fetch', 'url', url)
      check(asked, judge('fetch', { url }), 'fetch')
    }),
    { numRuns: 300 },
  )
  // Neither side of the law is empty.
  assert.ok(restricted > 100 && free > 100, `${restricted} restricted, ${free} free`)
})

test('what several projects reach is what each of them does', () => {
  fc.assert(fc.property(policies, policies, path, (one, other, path) => {
    const [a, b] = [one, other].map((all) => reachOf(setOf({ user: all }), [HOME]))
    const both = joinedReach(a!, b!)
    for (const [access] of TOOLS) {
      const each = asks(a!, access, 'path', path) || asks(b!, access, 'path', path)
      assert.equal(asks(both, access, 'path', path), each)
    }
  }))
})
