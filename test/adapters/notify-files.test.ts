import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { runArgv } from '../../src/adapters/notify-desktop.ts'
import { DeliveryError } from '../../src/adapters/delivery-error.ts'
import { senderOf } from '../../src/adapters/notify-send.ts'
import { notifySend } from '../../src/notify/desktop.ts'
import { withTrail } from '../helpers/audit.ts'
import { makeCertificate } from '../helpers/certificate.ts'
import { DEVICE } from '../helpers/formats.ts'
import { hostileNotice } from '../helpers/notices.ts'
import { denied, destination, hasty, notified } from '../helpers/notify.ts'
import { httpReceiver, type HttpRequest, until } from '../helpers/sinks.ts'
import { verifySignature } from '../helpers/verify-signature.ts'

async function inDirectory(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-notify-'))
  try {
    await body(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const options = { clock: hasty(), device: () => Promise.resolve(DEVICE), key: () => 'the server' }

function sendTo(entry: Record<string, unknown>, file: string): Promise<void> {
  const send = senderOf({ ...destination(entry), file }, options)
  return send(hostileNotice('rm -rf /'), AbortSignal.timeout(60_000))
}

async function taking(
  body: (url: string, taken: HttpRequest[]) => Promise<void>,
  tls?: { readonly key: string; readonly cert: string },
): Promise<void> {
  const taken: HttpRequest[] = []
  const receiver = await httpReceiver((request, response) => {
    taken.push(request)
    response.end()
  }, tls)
  await body(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${receiver.port}/ops`, taken)
  await receiver.close()
}

test('secrets come from files beside the one that names them, anew for each message', () =>
  inDirectory((dir) =>
    taking(async (url, taken) => {
      const config = join(dir, 'config.yaml')
      for (const secret of ['first', 'second']) {
        writeFileSync(join(dir, 'hook.key'), `${secret}\n`)
        await sendTo({ url, secret_file: 'hook.key' }, config)
        const { headers, body } = taken.at(-1)!
        const given = {
          id: String(headers['x-rampart-id']),
          signature: String(headers['x-rampart-signature']),
          body,
        }
        assert.equal(verifySignature(secret, given), true)
      }
      writeFileSync(join(dir, 'token'), 'tk_1\n')
      await sendTo({ url, platform: 'ntfy', token_file: 'token' }, config)
      assert.equal(taken.at(-1)!.headers.authorization, 'Bearer tk_1')
    })
  ))

test('a secret that is not there, or is none, is told and sends nothing', () =>
  inDirectory((dir) =>
    taking(async (url, taken) => {
      const config = join(dir, 'config.yaml')
      writeFileSync(join(dir, 'lines'), 'one\r\nx-evil: two\n')
      for (const secret_file of ['missing', 'lines']) {
        await assert.rejects(sendTo({ url, secret_file }, config), DeliveryError)
      }
      assert.equal(taken.length, 0)
    })
  ))

test('https counts with a certificate that is trusted, by the system or by ca_file', async (t) => {
  await inDirectory(async (dir) => {
    if (!makeCertificate(dir)) return t.skip('no openssl here to make a certificate')
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(dir, name), 'utf8'))
    await taking(async (url, taken) => {
      await assert.rejects(sendTo({ url }, join(dir, 'c.yaml')), (error) => {
        // A certificate may be mended: it is tried again.
        return error instanceof DeliveryError && !error.isFinal
      })
      assert.equal(taken.length, 0)
      await sendTo({ url, ca_file: 'cert.pem' }, join(dir, 'c.yaml'))
      assert.equal(taken.length, 1)
    }, { key: key!, cert: cert! })
  })
})

test('F13 the desktop is told by arguments, which no shell reads', async (t) => {
  if (process.platform === 'win32') return t.skip('no sh')
  await inDirectory(async (dir) => {
    const program = join(dir, 'show')
    const out = join(dir, 'args')
    writeFileSync(
      program,
      `#!/bin/sh\nfor arg in "$@"; do printf '%s\\0' "$arg"; done > '${out}'\n`,
    )
    chmodSync(program, 0o700)
    const text = '$(touch here) `touch here`; touch here | x > here "\' --hint=a:b:c'
    const { args } = notifySend(hostileNotice(text))
    await runArgv({ program, args }, AbortSignal.timeout(60_000))
    assert.deepEqual(readFileSync(out, 'utf8').split('\0').slice(0, -1), args)
    assert.deepEqual(readdirSync(dir).sort(), ['args', 'show'])
  })
})

test('a desktop that is not there, or fails, is given up', async () => {
  const signal = AbortSignal.timeout(60_000)
  const missing = runArgv({ program: 'rampart-no-such-program', args: [] }, signal)
  await assert.rejects(missing, /rampart-no-such-program is not installed/)
  await assert.rejects(runArgv({ program: 'false', args: [] }, signal), { isFinal: true })
})

test('tampering with the trail is told', () =>
  withTrail((trail) =>
    taking(async (url, taken) => {
      const first = await notified(trail, [destination({ url })])
      await first.log.append([denied()])
      await until(() => taken.length === 1)
      await first.close()
      const name = readdirSync(trail.dir).find((file) =>
        file.endsWith('.jsonl') && /^\d/.test(file)
      )!
      const path = join(trail.dir, name)
      writeFileSync(path, readFileSync(path, 'utf8').replace('"message":"No."', '"message":"Ok."'))
      const again = await notified(trail, [destination({ url })])
      await until(() => taken.length > 1)
      const bodies = taken.slice(1).map(({ body }) => JSON.parse(body))
      await until(() => again.notifier.states()[0]!.lag_events === 0)
      const alert = bodies.find(({ event }) => event?.kind === 'alert')
      assert.deepEqual([alert?.type, alert?.level], ['error', 'critical'])
      await again.close()
    })
  ))
