import assert from 'node:assert/strict'
import { test } from 'node:test'
import { approve, poll, type Scene, scene, SEAT_POLICIES } from '../helpers/seats.ts'

const linked = (one: Scene) =>
  one.trail.filter(({ kind }) => kind === 'decision').map((
    event,
  ) => [event.via, event.links?.length ?? 0])

test('a program that starts no other keeps no seat, and nobody looks up its parents for one', async () => {
  const one = scene()
  await one.exec(['true'])
  assert.deepEqual(one.looks, [])
  await one.shim('make && ls')
  assert.deepEqual(one.looks, [[20, 1]])
})

test('F11 a line that a hook, the shim and the library see is counted once and told with links', async () => {
  const one = scene()
  const first = await one.hook('make && ls -l')
  for (
    const answer of [
      await one.shim('make && ls -l'),
      await one.exec(['bash', '-c', 'make && ls -l'], 20),
    ]
  ) {
    assert.equal(answer.allowed, true)
  }
  await one.exec(['make'])
  await one.exec(['ls', '-l'])
  assert.equal(one.counted.length, 1)
  assert.deepEqual(linked(one), [['hook', 0], ['shim', 1], ['preload', 1], ['preload', 1], [
    'preload',
    1,
  ]])
  assert.deepEqual(one.trail.at(-1)?.links, [first.audit_id])
})

test('F11 what a person allowed is not asked again where it runs, and is spent by it', async () => {
  const one = scene()
  const asked = await one.hook('cd /w && git push origin main')
  assert.deepEqual([asked.allowed, asked.decision], [false, 'require_approval'])
  // Nothing is seated before a person said yes.
  assert.equal((await one.exec(['git', 'push', 'origin', 'main'])).allowed, false)
  const id = asked.approval_id!
  await approve(one, id)
  assert.equal((await poll(one, id)).status, 'approved')
  assert.equal((await poll(one, id)).status, 'approved')
  assert.equal(one.approvals.get(id)?.status, 'used')
  assert.equal((await one.shim('cd /w && git push origin main')).allowed, true)
  assert.equal((await one.exec(['git', 'push', 'origin', 'main'])).allowed, true)
  // The same again is another action: it asks.
  assert.equal((await one.exec(['git', 'push', 'origin', 'main'])).allowed, false)
  assert.equal((await one.shim('cd /w && git push origin main')).allowed, false)
})

test('F11 a yes that is polled for is spent once, everything looked at again', async () => {
  const one = scene()
  const asked = await one.shim('deploy a')
  await approve(one, asked.approval_id!)
  one.usePolicies(SEAT_POLICIES.replace('"rm -rf /*"', '"rm -rf /*", "deploy*"'))
  assert.equal((await poll(one, asked.approval_id!)).status, 'cancelled')
  assert.equal((await one.exec(['deploy', 'a'])).allowed, false)
  one.usePolicies(SEAT_POLICIES)
  const again = await one.shim('deploy b')
  await approve(one, again.approval_id!)
  const states = await Promise.all([poll(one, again.approval_id!), poll(one, again.approval_id!)])
  assert.deepEqual(states.map(({ status }) => status), ['approved', 'approved'])
  // An equal call finds no yes left.
  assert.equal((await one.hook('deploy b')).allowed, false)
})

test('F11 of racing sightings by one edge one has the seat', async () => {
  const one = scene()
  const asked = await one.shim('git push')
  await approve(one, asked.approval_id!)
  await poll(one, asked.approval_id!)
  const answers = await Promise.all(Array.from({ length: 8 }, () => one.exec(['git', 'push'])))
  assert.equal(answers.filter(({ allowed }) => allowed).length, 1)
})

test('F11 a seat is for the commands it lists, in their place, for one principal and its processes', async () => {
  const refused: [string, (one: Scene) => Promise<{ allowed: boolean }>][] = [
    ['other arguments', (one) => one.exec(['git', 'push', '--force'])],
    ['another program', (one) => one.exec(['git', 'push', 'x'])],
    ['another directory', (one) => one.exec(['git', 'push'], 21, { cwd: '/other' })],
    ['a stranger', (one) => one.exec(['git', 'push'], 91)],
    ['no process', (one) => one.exec(['git', 'push'], 21, { seen: { layer: 'preload' } })],
    ['a process that is none', (one) => one.exec(['git', 'push'], 4000)],
    ['another principal', (one) =>
      one.exec(['git', 'push'], 21, {
        identity: { principal: 'token:2', agent: 'a', session: 's', bound: new Set() },
      })],
    ['a dry run', (one) => one.exec(['git', 'push'], 21, { intent: 'preview' })],
    [
      'a name it is not',
      (one) => one.exec(['git', 'push'], 21).then(() => one.exec(['git', 'push'], 21)),
    ],
  ]
  for (const [name, attempt] of refused) {
    const one = scene()
    const asked = await one.shim('git push')
    await approve(one, asked.approval_id!)
    await poll(one, asked.approval_id!)
    assert.equal((await attempt(one)).allowed, false, name)
  }
})

test('F11 a program under a listed name does not have its seat', async () => {
  const one = scene()
  const asked = await one.shim('deploy x')
  await approve(one, asked.approval_id!)
  await poll(one, asked.approval_id!)
  const spoofed = { params: { argv: ['deploy', 'x'], program: '/usr/bin/git' } }
  assert.equal((await one.exec([], 21, spoofed)).allowed, false)
})

test('F11 denials are never softened by a seat', async () => {
  const one = scene()
  await one.shim('make')
  one.usePolicies(SEAT_POLICIES.replace('"rm -rf /*"', '"make*"'))
  const answer = await one.exec(['make'])
  assert.deepEqual([answer.allowed, answer.decision], [false, 'deny'])
})

test('F11 a line that was denied leaves no seat', async () => {
  const one = scene()
  assert.equal((await one.hook('git push; rm -rf /')).allowed, false)
  assert.equal((await one.exec(['git', 'push'])).allowed, false)
})

test('F11 webhooks are asked once, once-rules and counts are spent once', async () => {
  const one = scene()
  await one.hook('hook a; single b; ping c')
  await one.shim('hook a; single b; ping c')
  for (const argv of [['hook', 'a'], ['single', 'b'], ['ping', 'c']]) {
    assert.equal((await one.exec(argv)).allowed, true, argv.join(' '))
  }
  assert.deepEqual([one.asked.length, one.counted.length, [...one.claimed]], [1, 1, ['p/4']])
})

test('F11 launchers are seen with what they launch', async () => {
  const one = scene()
  const asked = await one.shim('timeout 5 nice git push')
  await approve(one, asked.approval_id!)
  await poll(one, asked.approval_id!)
  for (
    const argv of [['timeout', '5', 'nice', 'git', 'push'], ['nice', 'git', 'push'], [
      'git',
      'push',
    ]]
  ) {
    assert.equal((await one.exec(argv)).allowed, true, argv.join(' '))
    assert.equal((await one.exec(argv)).allowed, false, `${argv.join(' ')} again`)
  }
})

test('F11 a file in another place is another action', async () => {
  const one = scene()
  one.usePolicies(SEAT_POLICIES.replace('"deploy*"', '"rm -r *"'))
  const asked = await one.shim('cd sub && rm -r build > log')
  await approve(one, asked.approval_id!)
  await poll(one, asked.approval_id!)
  assert.equal((await one.exec(['rm', '-r', 'build'])).allowed, false)
  assert.equal((await one.exec(['rm', '-r', 'build'], 21, { cwd: '/w/sub' })).allowed, true)
})

test('F11 a seat ends after a minute, or with the shell that runs its line', async () => {
  const one = scene()
  await one.shim('make; ls')
  await one.clock.advance(120_000)
  await one.exec(['make'])
  assert.equal(one.counted.length, 1)
  one.gone.add(20)
  await one.exec(['ls'], 10)
  assert.equal(one.counted.length, 2)
  // Another process of the same number is not that shell.
  const other = scene()
  await other.shim('make')
  other.started.set(20, '2')
  await other.exec(['make'])
  assert.equal(other.counted.length, 2)
  const hook = scene()
  await hook.hook('make')
  await hook.clock.advance(60_001)
  await hook.exec(['make'])
  assert.equal(hook.counted.length, 2)
})

test('F11 a program that runs twice is two actions', async () => {
  const one = scene()
  await one.exec(['make'])
  await one.exec(['make'])
  assert.equal(one.counted.length, 2)
})

test('F11 a sighting whose event cannot be written gives its seat back', async () => {
  const one = scene()
  const asked = await one.shim('git push')
  await approve(one, asked.approval_id!)
  await poll(one, asked.approval_id!)
  one.fail('audit.append')
  await assert.rejects(one.exec(['git', 'push']))
  one.mend()
  assert.equal((await one.exec(['git', 'push'])).allowed, true)
})
