import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sha256 } from '../../src/adapters/hash.ts'
import { canonicalJson } from '../../src/audit/canonical.ts'
import { prepareDraft } from '../../src/audit/prepare.ts'
import { redact } from '../../src/audit/redact.ts'
import { redactLine } from '../../src/audit/secret-hide.ts'
import { TOKENS } from '../../src/engine/secret/rules.ts'
import type { Json } from '../../src/engine/types.ts'
import { draft } from '../helpers/audit.ts'
import { KNOWN, secretCases } from '../helpers/secrets.ts'
import { runs } from '../helpers/runtime.ts'

/** A whole token of each beginning, as the fixtures have them. */
const tokens = secretCases().flatMap(({ rule, hidden }) => {
  const prefixes = TOKENS.find(({ id }) => id === rule)?.prefix ?? []
  return prefixes.map((prefix) => {
    const texts = JSON.stringify(hidden).match(/[\w./~=+-]{20,}/g) ?? []
    const text = texts.find((one) => one.includes(prefix)) ?? ''
    const token = text.slice(text.indexOf(prefix))
    return { token, body: token.slice(prefix.length, prefix.length + 24) }
  })
})

const BEFORE = [
  '',
  ' ',
  '=',
  '\n',
  '"',
  "'",
  ',',
  '(',
  '{',
  '<',
  '&',
  ';',
  ':',
  '@',
  '\\n',
  '%3D',
  'ü',
]
const AFTER = ['', ' ', '\n', '"', "'", ',', ')', '}', '>', '&', ';', '|', '\\n', 'ü', '. ']
const SECRET_KEYS = [
  'password',
  'clientSecret',
  'API_KEY',
  'x-auth-token',
  'Set-Cookie',
  'dbPassword',
  'jwt',
]
const PLACES: readonly ((secret: string) => string)[] = [
  (s) => `GITHUB_PASSWORD=${s} ls`,
  (s) => `a --password ${s} b`,
  (s) => `a --api-key=${s}`,
  (s) => `curl -u me:${s} x.test`,
  (s) => `psql postgres://me:${s}@db/x`,
  (s) => `curl -H 'Authorization: Bearer ${s}' x.test`,
  (s) => `curl -H 'Cookie: a=1; sid=${s}' x.test`,
  (s) => `mysql -u root -p${s} db`,
  (s) => `{"a":1,"client_secret":"${s}"}`,
  (s) => `{\\"token\\": \\"${s}\\"}`,
  (s) => `# my\nDB_HOST=a\nDB_PASSWORD=${s}\n`,
  (s) => `db:\n  password: ${s}\n  host: a\n`,
  (s) => `[db]\npassword = ${s}\n`,
  (s) => `fetch("https://x.test/?a=1&access_token=${s}")`,
]

/** None of them decodes or runs anything. */
const word = fc.stringMatching(/^w[a-z]{0,7}$/)
const prose = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '))
/** At any depth of lists and members, as a value or a name. */
const nest = fc.array(fc.constantFrom('list', 'member', 'name', 'among'), { maxLength: 5 })

function nested(text: string, ways: readonly string[]): Json {
  return ways.reduce<Json>((inner, way) => {
    if (way === 'list') return [1, inner, 'x']
    if (way === 'among') return { a: 'b', inner, c: [true, null] }
    if (way === 'name' && typeof inner === 'string') return { [inner]: 1 }
    return { member: inner }
  }, text)
}

test('no token of the table survives, whatever it stands in', () => {
  assert.ok(tokens.length > 60 && tokens.every(({ body }) => body.length >= 16))
  const around = fc.tuple(prose, fc.constantFrom(...BEFORE), fc.constantFrom(...AFTER), prose)
  fc.assert(
    fc.property(
      fc.constantFrom(...tokens),
      around,
      nest,
      (planted, [a, before, after, b], ways) => {
        const text = `${a}${before === '' && a !== '' ? ' ' : before}${planted.token}${
          after === '' && b !== '' ? ' ' : after
        }${b}`
        const result = JSON.stringify(redact(nested(text, ways)))
        assert.ok(!result.includes(planted.body), `${text}\n${result}`)
        assert.ok(!redactLine(text).includes(planted.body))
      },
    ),
    { numRuns: runs(2000) },
  )
})

test('no secret survives in a place for secrets, or below a secret key', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9_.!%*+-]{9,30}\d$/).map((text) => `Zq${text}`)
  fc.assert(
    fc.property(secret, fc.constantFrom(...PLACES), prose, nest, (planted, place, a, ways) => {
      const result = JSON.stringify(redact(nested(`${a}\n${place(planted)}`, ways)))
      assert.ok(!result.includes(planted), `${place(planted)}\n${result}`)
    }),
  )
  fc.assert(fc.property(secret, fc.constantFrom(...SECRET_KEYS), nest, (planted, key, ways) => {
    const request = { params: [{ [key]: nested(planted, ways.filter((way) => way !== 'name')) }] }
    assert.ok(!JSON.stringify(redact(request)).includes(planted))
  }))
})

test('no secret survives in any field of an event that a caller chooses', () => {
  const { token, body } = tokens[0]!
  const event = prepareDraft(
    draft({
      agent: token,
      session: token,
      run_id: token,
      tool_call_id: token,
      tool: token,
      request: { params: { command: `echo ${token}`, [token]: [token] } },
      decision: { action: 'deny', message: `no ${token}`, effects: [{ path: token }], eval_us: 1 },
    }),
    { hash: sha256, digest: (secret) => sha256(secret).slice(7, 19) },
  )
  assert.ok(!canonicalJson(event).includes(body))
  const marks = canonicalJson(event).match(/\[redacted-\d+-[0-9a-f]{12}\]/g)
  assert.equal(new Set(marks).size, 1)
})

test('what holds no secret is answered as it is', () => {
  const plain = fc.oneof(
    prose,
    fc.uuid(),
    fc.ipV6(),
    fc.webUrl(),
    fc.emailAddress(),
    fc.stringMatching(/^[0-9a-f]{40}$/),
    fc.stringMatching(/^sha(?:256|512)-[A-Za-z0-9+/]{86}==$/),
    fc.stringMatching(/^\/(?:[a-z0-9_.-]{1,12}\/){1,6}[a-z0-9_.-]{1,12}$/),
    fc.stringMatching(/^(?:mkdir -pv|ssh -p2222|tar -xpf|cp -pr|git commit -m) [a-z/]{1,20}$/),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  )
  const json = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      plain,
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.array(tie('json'), { maxLength: 4 }),
      fc.dictionary(word.filter((name) => !/pass|pwd|jwt/.test(name)), tie('json'), { maxKeys: 4 }),
    ),
  })).json
  fc.assert(
    fc.property(json, (request) => assert.equal(redact(request, { known: KNOWN }), request)),
    { numRuns: runs(500) },
  )
})

test('redacting twice changes nothing, whatever the text', () => {
  const piece = fc.oneof(
    fc.constantFrom(...tokens.map(({ token }) => token)),
    fc.constantFrom(...PLACES.map((place) => place('Zq1.abc'))),
    fc.constantFrom(
      'token=',
      'password: ',
      '-u ',
      'a:b',
      '$X_TOKEN',
      '| sh',
      'eval',
      ' ',
      '"',
      "'",
      ';',
    ),
    fc.constantFrom(
      'Cookie: ',
      'Bearer ',
      'mysql -p',
      '[redacted-',
      ']',
      '\\',
      '://',
      '@',
      '\n',
      'sig=',
    ),
    fc.constantFrom(
      'Pa55-of-the-server',
      'base64 -d',
      '-----BEGIN PRIVATE KEY-----',
      '-----END',
      '=',
    ),
    fc.string({ maxLength: 6 }),
  )
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
  const options = { known: KNOWN, digest: (secret: string) => sha256(secret).slice(7, 19) }
  const request = fc.oneof(
    text,
    fc.array(text, { maxLength: 4 }),
    fc.dictionary(text, text, { maxKeys: 3 }),
  )
  fc.assert(
    fc.property(request, (json) => {
      const once = redact(json as Json, options)
      assert.deepEqual(redact(once, options), once)
      assert.equal(redactLine(redactLine(JSON.stringify(json))), redactLine(JSON.stringify(json)))
    }),
    { numRuns: runs(3000) },
  )
})
