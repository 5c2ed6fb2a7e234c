import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canaries, eventOf, type Heard, heardIn } from '../../src/setup/canaries.ts'
import { loadHost } from '../../src/hosts/load.ts'
import { LAST_WORDS } from '../../src/hosts/refusals.ts'
import { HOSTS } from '../../src/setup/hosts.ts'
import { agoText } from '../../src/cli/verify/last-call.ts'

test('canaries are fixed, and name the token of the state directory in use', () => {
  const [deny, benign] = canaries("/home/it's/.rampart")
  assert.equal(deny!.command, `cat '/home/it'\\''s/.rampart/token'`)
  assert.equal(benign!.command, 'echo rampart-verify')
})

for (const { name } of HOSTS) {
  test(`${name}: its own refusal is heard as one, and silence as none`, () => {
    const heard = (code: number | null, out: string, err = '') => heardIn(name, { code, out, err })
    assert.equal(heard(0, JSON.stringify(LAST_WORDS[name].refuse('no'))), 'deny')
    assert.equal(heard(0, '{}'), 'defer')
    for (const out of ['', 'hello', '[]', 'null', '{']) assert.equal(heard(0, out), 'broken', out)
    for (const code of [1, 101, 127, null]) assert.equal(heard(code, '{}'), 'broken')
    assert.equal(heard(2, '', 'no'), name === 'cline' ? 'broken' : 'deny')
    assert.equal(heard(2, '', ''), 'broken')
  })

  test(`${name}: the codec takes the canary for a call of a shell`, async () => {
    const codec = (await loadHost(name))!
    const [canary] = canaries('/h')
    const event = JSON.parse(eventOf(name, canary!, 'verify-1', '/w'))
    const call = codec.decode(event, { home: '/home/u' })
    assert.ok(call.kind === 'call')
    assert.equal(call.when, 'before')
    assert.equal(call.session, 'rampart-verify')
    assert.equal(call.targets.length, 1)
    assert.ok(Object.values(call.targets[0]!.params).includes(canary!.command))
    const said: [kind: 'deny' | 'defer', heard: Heard][] = [['deny', 'deny'], ['defer', 'defer']]
    for (const [kind, heard] of said) {
      const told = kind === 'deny' ? { kind, reason: 'no' } as const : { kind } as const
      const out = JSON.stringify(codec.before(told, call))
      const got = heardIn(name, { code: 0, out, err: '' })
      assert.ok(got === heard || (kind === 'defer' && got === 'allow'), `${kind}: ${out}`)
    }
  })
}

test('how long ago is told as exactly as anybody needs it', () => {
  const at = (seconds: number) => agoText(0, seconds * 1000)
  assert.deepEqual([at(3), at(180), at(7200), at(3 * 86_400), at(-5)], [
    '3 s ago',
    '3 min ago',
    '2 h ago',
    '3 days ago',
    '0 s ago',
  ])
})
