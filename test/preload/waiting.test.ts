import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Bench, build, ended, json, skipped, withBench } from './bench.ts'

const skip = skipped()

/** A question that nobody answers; resolves each time somebody waits for the answer. */
function unanswered(
  bench: Bench,
  statuses: string[] = [],
): { waits: (count: number) => Promise<void>; answer: (said: string) => void } {
  let polls = 0
  let wake = (): void => {}
  let answer = (_said: string): void => {}
  bench.reply = (response, { url }) => {
    if (!url.startsWith('/v1/approvals/')) {
      return json(response, {
        allowed: false,
        decision: 'require_approval',
        message: 'who says so?',
        policy: 'ask',
        approval_id: '01HXAPPROVAL',
      })
    }
    assert.equal(url, '/v1/approvals/01HXAPPROVAL?wait=25')
    const status = statuses.shift()
    answer = (said) => json(response, { id: '01HXAPPROVAL', status: said })
    if (status !== undefined) answer(status)
    polls++
    wake()
  }
  const waits = (count: number): Promise<void> =>
    new Promise((resolve) => {
      wake = () => polls >= count && resolve()
      wake()
    })
  return { waits, answer: (said) => answer(said) }
}

test(
  'a signal that the program handles ends the wait for a person; news do not',
  { skip },
  async () => {
    await withBench(async (bench) => {
      const { waits } = unanswered(bench)
      const marker = join(bench.dir, 'm')
      const child = bench.start([join(build('all', 'probes'), 'hostile'), 'waiting', marker])
      const end = ended(child)
      await waits(1)
      child.kill('SIGCHLD')
      child.kill('SIGTERM')
      const { out, err, code } = await end
      assert.deepEqual([out, code], ['1\n', 0])
      assert.equal(err, 'rampart: blocked: who says so? (the wait for a person was interrupted)\n')
      assert.equal(existsSync(marker), false)
    })
  },
)

test('a signal that is only news does not end the wait', { skip }, async () => {
  await withBench(async (bench) => {
    const { waits, answer } = unanswered(bench)
    const end = bench.start([
      join(build('all', 'probes'), 'hostile'),
      'waiting',
      join(bench.dir, 'm'),
    ])
    const done = ended(end)
    await waits(1)
    end.kill('SIGCHLD')
    answer('denied')
    assert.match((await done).err, /who says so\? \(denied\)/)
  })
})

test('a signal that nobody handles ends the program while it waits', { skip }, async () => {
  await withBench(async (bench) => {
    const { waits } = unanswered(bench)
    const child = bench.start([
      join(build('all', 'probes'), 'probe'),
      'execv',
      join(bench.dir, 'm'),
    ])
    const end = ended(child)
    await waits(1)
    child.kill('SIGINT')
    assert.equal((await end).signal, 'SIGINT')
  })
})

test(
  'a person may take longer than one question lasts; what is no yes is a no',
  { skip },
  async () => {
    await withBench(async (bench) => {
      const probe = join(build('all', 'probes'), 'probe')
      for (const last of ['denied', 'expired', 'cancelled', 'used', 'Approved', '']) {
        unanswered(bench, ['pending', 'pending', last])
        const { out, err } = await bench.run([probe, 'execv', join(bench.dir, 'm')])
        assert.equal(out, '-1 1\n', last)
        assert.match(err, /^rampart: blocked: who says so\? \(/, last)
        assert.equal(existsSync(join(bench.dir, 'm')), false, last)
      }
    })
  },
)

test('a server that goes away while a person is asked is no yes', { skip }, async () => {
  await withBench(async (bench) => {
    const { waits } = unanswered(bench)
    const marker = join(bench.dir, 'm')
    const end = ended(bench.start([join(build('all', 'probes'), 'probe'), 'system', marker]))
    await waits(1)
    await bench.close()
    const { err } = await end
    assert.match(err, /the wait for a person failed/)
    assert.equal(existsSync(marker), false)
  })
})

test(
  "an approval is used by asking again, and one that was another's is asked for anew",
  { skip },
  async () => {
    await withBench(async (bench) => {
      unanswered(bench, ['approved', 'approved', 'approved'])
      const { err } = await bench.run([
        join(build('all', 'probes'), 'probe'),
        'execv',
        join(bench.dir, 'm'),
      ])
      assert.match(err, /the approval was another's/)
      assert.equal(bench.asked.length, 3)
    })
  },
)
