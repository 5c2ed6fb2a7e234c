import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { senderOf } from '../../src/adapters/notify-send.ts'
import { DeliveryError } from '../../src/adapters/delivery-error.ts'
import type { Notice } from '../../src/notify/notice.ts'
import { makeCertificate } from '../helpers/certificate.ts'
import { DEVICE } from '../helpers/formats.ts'
import { hostileNotice } from '../helpers/notices.ts'
import { destination, hasty } from '../helpers/notify.ts'
import { checkLetter } from '../helpers/notify-limits.ts'
import { type SmtpOptions, type SmtpServer, smtpServer } from '../helpers/smtp-server.ts'

const MAIL = { from: 'rampart@example.com', to: ['ops@example.com', 'b@example.com'] }
const dir = mkdtempSync(join(tmpdir(), 'rampart-smtp-'))
const hasTls = makeCertificate(dir)
const file = (name: string) => join(dir, name)
const tls = hasTls
  ? { key: readFileSync(file('key.pem'), 'utf8'), cert: readFileSync(file('cert.pem'), 'utf8') }
  : undefined
writeFileSync(file('password'), 'secret\n')
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))

async function mailed(
  options: SmtpOptions,
  entry: Record<string, unknown> = {},
  notice: Notice = hostileNotice('rm -rf /'),
  signal: AbortSignal = AbortSignal.timeout(60_000),
): Promise<SmtpServer & { error: DeliveryError | undefined }> {
  const server = await smtpServer(options)
  const scheme = options.isSecure ? 'smtps' : 'smtp'
  const spec = destination({ url: `${scheme}://127.0.0.1:${server.port}`, ...MAIL, ...entry })
  const send = senderOf(spec, { clock: hasty(), device: () => Promise.resolve(DEVICE) })
  const error = await send(notice, signal).then(() => undefined, (error: DeliveryError) => error)
  await server.close()
  return { ...server, error }
}

test('a letter arrives whole, with both who send and who get it', async () => {
  const { received, error } = await mailed({})
  assert.equal(error, undefined)
  const { from, to, text } = received[0]!
  assert.deepEqual({ from, to }, { from: MAIL.from, to: MAIL.to })
  const { headers, body } = checkLetter(text)
  assert.equal(headers.get('subject'), 'Rampart: A person is asked')
  assert.match(body, /Command: rm -rf \//)
})

test('F13 text of an agent makes no header, no command and no end of the message', async () => {
  const text = 'x\r\n.\r\nRCPT TO:<thief@evil.example>\r\nBcc: thief@evil.example\r\n..\n.\n'
  const { received, commands, error } = await mailed({}, {}, hostileNotice(text))
  assert.equal(error, undefined)
  assert.deepEqual(received[0]!.to, MAIL.to)
  assert.ok(!commands.some((command) => command.includes('thief')))
  assert.match(checkLetter(received[0]!.text).body, /\\r\\nBcc/)
})

test('the same message has the same Message-ID each time', async () => {
  const ids = [await mailed({}), await mailed({})].map(({ received }) =>
    checkLetter(received[0]!.text).headers.get('message-id')
  )
  assert.equal(ids[0], ids[1])
})

const login = { username: 'me', password_file: 'password' }

test('STARTTLS and a login: nothing but the greeting goes in clear', async (t) => {
  if (tls === undefined) return t.skip('no openssl here to make a certificate')
  const entry = { ...login, ca_file: file('cert.pem'), password_file: file('password') }
  const { received, error, commands } = await mailed({ tls, features: ['AUTH LOGIN PLAIN'] }, entry)
  assert.equal(error, undefined)
  assert.deepEqual([received[0]!.overTls, received[0]!.login], [true, 'me:secret'])
  assert.deepEqual(commands.slice(0, 3).map((one) => one.split(' ')[0]), [
    'EHLO',
    'STARTTLS',
    'EHLO',
  ])
})

test('smtps: TLS from the first byte', async (t) => {
  if (tls === undefined) return t.skip('no openssl here to make a certificate')
  const { received, error } = await mailed({ tls, isSecure: true }, { ca_file: file('cert.pem') })
  assert.equal(error, undefined)
  assert.equal(received[0]!.overTls, true)
})

test('a certificate that nobody trusts gets no letter', async (t) => {
  if (tls === undefined) return t.skip('no openssl here to make a certificate')
  for (const isSecure of [false, true]) {
    const { received, error } = await mailed({ tls, isSecure })
    assert.ok(error instanceof DeliveryError)
    assert.equal(received.length, 0)
  }
})

test('a password never goes without TLS', async () => {
  const { error, commands } = await mailed({ features: ['AUTH PLAIN'] }, {
    ...login,
    password_file: file('password'),
  })
  assert.match(error!.message, /offers no TLS/)
  assert.equal(error!.isFinal, true)
  assert.ok(!commands.some((command) => command.startsWith('AUTH')))
})

const ANSWERS: readonly (readonly [string, string, isFinal: boolean])[] = [
  ['MAIL', '451 later', false],
  ['MAIL', '550 never', true],
  ['RCPT', '450 later', false],
  ['DATA', '554 never', true],
  ['EHLO', '421 closing', false],
]

for (const [verb, said, isFinal] of ANSWERS) {
  test(`${said} to ${verb} is ${isFinal ? 'given up' : 'tried again'}`, async () => {
    const { error, received } = await mailed({
      answer: (command) => command.startsWith(verb) ? said : undefined,
    })
    assert.deepEqual([error!.isFinal, received.length], [isFinal, 0])
    // What a server says may be what we said: its code alone is shown.
    assert.equal(error!.message, `the mail server answered ${said.slice(0, 3)}`)
  })
}

test('one address that is refused keeps the letter from nobody else, and is told', async () => {
  const { error, received } = await mailed({
    answer: (command) => command.includes('TO:<ops') ? '550 no such' : undefined,
  })
  assert.deepEqual(received[0]!.to, ['b@example.com'])
  assert.match(error!.message, /1 of 2 recipients were refused/)
})

test('a server that says nothing, or too much, or what nobody asked for, holds nobody', async (t) => {
  const silent = await mailed({ answer: () => null }, {}, undefined, AbortSignal.timeout(300))
  assert.ok(silent.error)
  const endless = await mailed({ answer: () => `250-${'x'.repeat(70_000)}` })
  assert.match(endless.error!.message, /too much/)
  if (tls === undefined) return t.skip('no openssl here to make a certificate')
  const early = await mailed({
    tls,
    answer: (command) =>
      command === 'STARTTLS' ? '220 go on\r\n250 hello from the middle' : undefined,
  })
  assert.match(early.error!.message, /before it was asked/)
})
