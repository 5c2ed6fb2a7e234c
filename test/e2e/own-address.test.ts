import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inHome, ownRuntime, post, runProgram, startServer } from './server.ts'

async function fetching(server: Parameters<typeof post>[0], url: string): Promise<unknown> {
  const call = { agent: 'a', session: 's', params: { url } }
  return (await post(server, '/v1/preflight/fetch', call)).body.decision
}

test('F19 any free port is protected like 9090, and so is every other name of the server', () =>
  inHome(async (home) => {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    writeFileSync(join(home, 'config.yaml'), 'public_url: https://rampart.example.com\n')
    const server = await startServer(ownRuntime(), home)
    const { port } = new URL(server.url)
    for (
      const url of [
        `http://127.0.0.1:${port}/v1/approvals`,
        `http://localhost:${port}/`,
        `http://2130706433:${port}/`,
        `http://[::1]:${port}/dashboard`,
        'http://127.0.0.1:9090/v1/approvals',
        'https://rampart.example.com/dashboard',
      ]
    ) assert.equal(await fetching(server, url), 'deny', url)
    const next = Number(port) === 65_535 ? 1024 : Number(port) + 1
    assert.equal(await fetching(server, `http://127.0.0.1:${next}/`), 'allow')
    assert.equal(await fetching(server, 'https://example.com/'), 'allow')
    // What a command decides by itself while the server runs names the same place.
    const url = `http://127.0.0.1:${port}/v1/approvals`
    const local = await runProgram([...ownRuntime(), 'test', '--tool', 'fetch', url], { home })
    assert.equal(local.code, 1, local.out + local.err)
    await server.end()
  }))
