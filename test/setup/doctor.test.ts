import assert from 'node:assert/strict'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { judged } from '../../src/cli/doctor/server.ts'
import { VERSION } from '../../src/cli/version.ts'
import type { Status } from '../../src/service/api.ts'
import { type Person, withPerson } from './helpers.ts'

const posix = { skip: process.platform === 'win32' ? 'POSIX' : false }

interface Row {
  readonly name: string
  readonly status: string
  readonly detail: string
  readonly fix?: string
}

/** What doctor finds that is more than a note; the boundary in C is not for machines without a compiler. */
async function findings({ rampart }: Person): Promise<Row[]> {
  const { out } = await rampart('doctor', '--json')
  return (JSON.parse(out).checks as Row[]).filter(({ name, status }) =>
    status !== 'ok' && status !== 'note' && !/^(?:librampart\.so|rampart-shim)$/.test(name)
  )
}

interface Breakage {
  readonly what: string
  readonly by: (person: Person) => void | Promise<void>
  readonly says: RegExp
  readonly fix: RegExp
  readonly env?: Readonly<Record<string, string>>
}

const SETTINGS = '.claude/settings.json'
const edit = (person: Person, from: string | RegExp, to: string) => {
  person.put(SETTINGS, person.read(SETTINGS).replace(from, to))
}

const BREAKAGES: readonly Breakage[] = [
  {
    what: 'hooks that are switched off',
    by: (person) => edit(person, '{', '{\n  "disableAllHooks": true,'),
    says: /"disableAllHooks" is true/,
    fix: /take it out of/,
  },
  {
    what: 'a variable for the hook in settings',
    by: (person) => edit(person, '{', '{\n  "env": {"RAMPART_URL": "http://x"},'),
    says: /"env" sets RAMPART_URL/,
    fix: /take it out of/,
  },
  {
    what: 'a path that is gone',
    by: ({ state }) => rmSync(join(state, 'lib', 'rampart-shim'), { force: true }),
    says: /is not there|not as setup writes/,
    fix: /rampart setup claude-code/,
  },
  {
    what: 'a hook that lost its switch',
    by: (person) => edit(person, /"onFailure": "block",?/, ''),
    says: /not as setup writes it/,
    fix: /rampart setup claude-code/,
  },
  {
    what: 'settings that cannot be read',
    by: (person) => edit(person, '{', '{{'),
    says: /settings\.json/,
    fix: /./,
  },
  {
    what: 'an agent that is not set up',
    by: ({ put }) => void put('.gemini/keep', ''),
    says: /asks nobody/,
    fix: /rampart setup gemini/,
  },
  {
    what: 'policies with a fault',
    by: ({ put }) => void put('.rampart/policies/bad.yaml', 'version: "1"\npolicies: {\n'),
    says: /bad\.yaml/,
    fix: /rampart policy lint/,
  },
  {
    what: 'calls that passed unasked',
    by: ({ state }) => {
      mkdirSync(join(state, 'run'), { recursive: true })
      appendFileSync(join(state, 'run', 'gaps'), `${JSON.stringify({ time: 1 })}\n`)
    },
    says: /passed since a server last ran/,
    fix: /failure: closed/,
  },
  {
    what: 'a state directory that others may write to',
    by: ({ state }) => chmodSync(state, 0o777),
    says: /writable by everybody/,
    fix: /take the right/,
  },
  {
    what: 'a state directory that others may read',
    by: ({ state }) => chmodSync(state, 0o755),
    says: /open to others/,
    fix: /chmod 700 /,
  },
  {
    what: 'a token that others may read',
    by: (person) => chmodSync(person.put('.rampart/token', 'a'.repeat(64)), 0o644),
    says: /token can be read by others/,
    fix: /chmod 600 /,
  },
  {
    what: 'a token in the environment of agents',
    by: () => {},
    env: { RAMPART_TOKEN: 'x' },
    says: /agents that are started from here have it/,
    fix: /unset RAMPART_TOKEN/,
  },
  {
    what: 'a clock that was set back',
    by: ({ put }) => {
      const event = {
        schema: 'rampart.audit.v2',
        id: '01JD0000000000000000000000',
        seq: 1,
        time: '2999-01-01T00:00:00.000Z',
        kind: 'decision',
        agent: 'a',
        session: 's',
        tool: 'exec',
        request: { params: { command: 'ls' } },
        decision: { action: 'allow', eval_us: 1 },
        enforced: true,
        mode: 'enforce',
        via: 'http',
        principal: 'admin',
        prev_hash: `sha256:${'0'.repeat(64)}`,
        hash: `sha256:${'0'.repeat(64)}`,
      }
      put('.rampart/audit/2999-01-01.jsonl', `${JSON.stringify(event)}\n`)
    },
    says: /still to come/,
    fix: /set the clock/,
  },
]

test('doctor has nothing against a home that was just set up', posix, async () => {
  await withPerson(async (person) => {
    assert.equal((await person.rampart('setup', 'claude-code')).code, 0)
    assert.deepEqual(await findings(person), [])
  })
})

for (const { what, by, says, fix, env = {} } of BREAKAGES) {
  test(`doctor finds ${what}, and says what mends it`, posix, async () => {
    await withPerson(async (person) => {
      assert.equal((await person.rampart('setup', 'claude-code')).code, 0)
      await by(person)
      const found = await findings(person)
      const row = found.find(({ detail }) => says.test(detail))
      assert.ok(row !== undefined, JSON.stringify(found))
      assert.match(row.fix ?? '', fix)
    }, { env })
  })
}

type LeftOut = readonly [what: string, settings: string, says: RegExp, fix: RegExp]

const LEFT_OUT: readonly LeftOut[] = [
  [
    'a list of plugins that leaves ours out',
    '{plugins: {allow: ["voice-call"]}} // JSON5',
    /"plugins\.allow" does not name rampart/,
    /put "rampart" into "plugins\.allow" \(.*openclaw\.json\)/,
  ],
  [
    'a list of plugins that names ours',
    '{plugins: {deny: ["rampart"]}}',
    /"plugins\.deny" names rampart/,
    /take it out of .*openclaw\.json/,
  ],
  [
    'plugins that are switched off',
    '{plugins: {enabled: false}}',
    /"plugins\.enabled" is false/,
    /take it out of .*openclaw\.json/,
  ],
]

async function leftOut(
  person: Person,
  directory: string,
  [, settings, says, fix]: LeftOut,
): Promise<void> {
  assert.equal((await person.rampart('setup', 'openclaw')).code, 0)
  const file = join(directory, 'openclaw.json')
  writeFileSync(file, '{plugins: {allow: ["rampart"]}}')
  assert.deepEqual(await findings(person), [])
  writeFileSync(file, settings)
  const found = await findings(person)
  assert.deepEqual(found.map(({ name, status }) => [name, status]), [['openclaw', 'bad']])
  assert.match(found[0]!.detail, says)
  assert.match(found[0]!.fix ?? '', fix)
}

for (const row of LEFT_OUT) {
  test(`doctor finds ${row[0]} in settings of OpenClaw, wherever they lie`, posix, async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'rampart-openclaw-'))
    try {
      await withPerson((person) => leftOut(person, person.at('.openclaw'), row))
      const env = { OPENCLAW_STATE_DIR: elsewhere }
      await withPerson((person) => leftOut(person, elsewhere, row), { env })
    } finally {
      rmSync(elsewhere, { recursive: true, force: true })
    }
  })
}

test(
  'doctor looks into settings that are a link, and tells of those that nobody can read',
  posix,
  async () => {
    await withPerson(async (person) => {
      assert.equal((await person.rampart('setup', 'openclaw')).code, 0)
      symlinkSync(
        person.put('kept.json', '{plugins: {enabled: false}}'),
        person.at('.openclaw/openclaw.json'),
      )
      assert.match(JSON.stringify(await findings(person)), /is false: no plugin is loaded/)
      rmSync(person.at('.openclaw/openclaw.json'))
      mkdirSync(person.at('.openclaw/openclaw.json'))
      const [unread] = await findings(person)
      assert.equal(unread?.status, 'warn')
      assert.match(unread.detail, /whether it switches hooks off is not known/)
    })
  },
)

test('doctor notes what else stands at the same event', posix, async () => {
  await withPerson(async (person) => {
    person.put(
      SETTINGS,
      '{"hooks": {"PreToolUse": [{"matcher": "*", "hooks": [{"type": "command", "command": "/opt/other"}]}]}}',
    )
    await person.rampart('setup', 'claude-code')
    const { out } = await person.rampart('doctor')
    assert.match(out, /runs "\/opt\/other" beside ours: it may change what ours let pass/)
  })
})

const WELL = {
  mode: 'enforce',
  off_until: null,
  policy: { faults: [], policies: 3 },
  passed_unasked: 0,
  version: VERSION,
  failure: 'closed',
} as unknown as Status

const SERVED: readonly (readonly [more: object, name: string, status: string])[] = [
  [{ mode: 'monitor' }, 'mode', 'bad'],
  [{ off_until: '2026-01-01T00:00:00Z' }, 'off', 'bad'],
  [{ passed_unasked: 3 }, 'passed', 'warn'],
  [{ version: '0.0.1' }, 'version', 'warn'],
  [
    { policy: { faults: [{ file: 'a.yaml', line: 1, col: 2, message: 'x' }], policies: 3 } },
    'policies',
    'bad',
  ],
]

test('a server in order is in order, and each thing that weakens it is told with what mends it', () => {
  assert.ok(judged(WELL).every(({ status }) => status === 'ok'))
  for (const [more, name, status] of SERVED) {
    const found = judged({ ...WELL, ...more } as Status).filter((one) => one.status === status)
    assert.deepEqual(found.map((one) => one.name), [name])
    assert.notEqual(found[0]!.fix, undefined)
  }
})
