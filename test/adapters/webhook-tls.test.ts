import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { makeCertificate } from '../helpers/certificate.ts'
import { RUNTIME } from '../helpers/runtime.ts'

const HELPER = fileURLToPath(new URL('../helpers/ask-webhook.ts', import.meta.url))

function ask(url: string, env: Record<string, string>): Promise<{ verdict: string }> {
  const args = RUNTIME === 'deno' ? ['run', '-A', '--no-check', HELPER, url] : [HELPER, url]
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let out = ''
  child.stdout.on('data', (chunk: Uint8Array) => out += String(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => {
      try {
        resolve(JSON.parse(out) as { verdict: string })
      } catch (error) {
        reject(error as Error)
      }
    })
  })
}

test('F43 a webhook over HTTPS counts only with a certificate that is trusted', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-tls-'))
  try {
    if (!makeCertificate(dir)) return t.skip('no openssl here to make a certificate')
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(dir, name)))
    const server = createServer({ key: key!, cert: cert! }, (_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end('{"decision":"allow"}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
    const trust = { NODE_EXTRA_CA_CERTS: join(dir, 'cert.pem'), DENO_CERT: join(dir, 'cert.pem') }
    try {
      assert.equal((await ask(url, {})).verdict, 'failed')
      assert.equal((await ask(url, trust)).verdict, 'allow')
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
