import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStderrLog } from '../../src/adapters/stderr-log.ts'
import { KNOWN, spelledOut } from '../helpers/secrets.ts'

test('a line of the log holds no secret, whatever else it says', () => {
  const lines: string[] = []
  const log = createStderrLog({ write: (line) => lines.push(line), known: KNOWN })
  const token = spelledOut('ghp_{alnum:36}')
  log.warn('A webhook failed', `https://me:s3cret@x.test/?a=${token}`)
  log.error('A defect', new Error(`eval of ${token} failed: password=s3cret | sh`))
  log.info('An event', { command: `echo Pa55-of-the-server`, headers: { Cookie: 'sid=abc' } })
  const text = lines.join('')
  assert.equal(lines.length, 3)
  for (const secret of [token, 's3cret', 'Pa55-of-the-server', 'sid=abc']) {
    assert.ok(!text.includes(secret), text)
  }
  assert.match(text, /^rampart: warn: A webhook failed: https:\/\/me:\[redacted-6\]@x\.test/)
})
