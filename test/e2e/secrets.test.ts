import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { spelledOut } from '../helpers/secrets.ts'
import { exec, inHome, ownRuntime, post, startServer } from './server.ts'

test('no secret of a call, and none that the server knows by its environment, is in the trail', () =>
  inHome(async (home) => {
    const known = 'Pa55-of-the-server'
    const token = spelledOut('ghp_{alnum:36}')
    const server = await startServer(ownRuntime(), home, { env: { DEPLOY_SECRET: known } })
    await post(server, '/v1/preflight/exec', exec(`deploy ${known} ${token}`))
    await post(server, '/v1/preflight/exec', exec(`curl -u me:${known} https://me:hunter2@x.test`))
    await server.end()
    const dir = join(home, 'audit')
    const trail = readdirSync(dir).filter((name) => /^\d.*\.jsonl$/.test(name))
      .map((name) => readFileSync(join(dir, name), 'utf8')).join('')
    assert.match(trail, /deploy \[redacted-18-[0-9a-f]{12}\] \[redacted-40-[0-9a-f]{12}\]/)
    for (const secret of [known, token, 'hunter2']) assert.ok(!trail.includes(secret), trail)
    const marks = [...trail.matchAll(/\[redacted-18-([0-9a-f]{12})\]/g)].map(([, digest]) => digest)
    assert.ok(marks.length >= 2)
    assert.equal(new Set(marks).size, 1)
  }))
