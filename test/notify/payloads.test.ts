import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { alertOf } from '../../src/notify/alert.ts'
import { notifySend, osascript } from '../../src/notify/desktop.ts'
import { discordMessage } from '../../src/notify/discord.ts'
import { letterOf } from '../../src/notify/email.ts'
import { bareOf, canaryOf, digestOf, type Notice, noticeOf } from '../../src/notify/notice.ts'
import { ntfyMessage } from '../../src/notify/ntfy.ts'
import { slackMessage } from '../../src/notify/slack.ts'
import { teamsMessage } from '../../src/notify/teams.ts'
import { telegramMessage } from '../../src/notify/telegram.ts'
import { webhookMessage } from '../../src/notify/webhook.ts'
import { DEVICE } from '../helpers/formats.ts'
import { eventOf, hostileNotice, LINK } from '../helpers/notices.ts'
import * as limits from '../helpers/notify-limits.ts'
import { runs } from '../helpers/runtime.ts'

const MAIL = { from: 'rampart@example.com', to: ['ops@example.com', 'b@example.com'] }
const AT = new Date('2026-11-26T18:00:01Z')

/** What each channel is sent of a notice, and whether its vendor would take it. */
const CHANNELS:
  readonly (readonly [string, (notice: Notice) => unknown, (sent: unknown) => unknown])[] = [
    ['slack', slackMessage, limits.checkSlack],
    ['discord', discordMessage, limits.checkDiscord],
    ['teams', teamsMessage, limits.checkTeams],
    ['telegram', (notice) => telegramMessage(notice, '-100'), limits.checkTelegram],
    ['ntfy', (notice) => ntfyMessage(notice, 'ops'), limits.checkNtfy],
    [
      'email',
      (notice) => letterOf(notice, MAIL, AT).text,
      (sent) => limits.checkLetter(String(sent)),
    ],
    ['notify-send', notifySend, checkArgv],
    ['osascript', osascript, checkArgv],
  ]

function checkArgv(sent: unknown): void {
  const { args } = sent as ReturnType<typeof notifySend>
  assert.ok(args.every((arg) => !arg.includes('\0') && arg.length <= 1000))
  // Neither text can be taken for an option.
  if (args.includes('--')) assert.equal(args.indexOf('--'), args.length - 3)
  else assert.ok(args.slice(6).every((arg) => !arg.startsWith('-')))
}

/** Texts by which an agent would forge, hide or mute an alert. */
const HOSTILE: Readonly<Record<string, string>> = {
  mentions: '<!channel> <@U123> <!here> @everyone @here <@&1> <at>all</at>',
  links: '[approve](https://evil.example) <https://evil.example|Open the page> www.evil.example',
  markdown: '*b* _i_ ~s~ `c` ```\nout\n``` # h\n> q ||x|| **b**',
  html: '</pre></code><b>Approved</b><a href="https://evil.example">Open the page</a>&lt;&amp;',
  hidden: 'rm\u200b -rf\u202e /\u2066x\u2069\ufeff\u00ad\u2800\u3164',
  terminal: '\x1b[2J\x1b]0;x\x07\r\n\t\b\0',
  headers: 'x\r\nBcc: thief@evil.example\r\n\r\n.\r\nQUIT\r\n',
  dots: '.\r\n..\r\n.',
  options: '--hint=string:x:y -- -e do shell script',
  padding: `${' '.repeat(450_000)}rm -rf /${' '.repeat(450_000)}`,
  mark: `start-of-it ${'a'.repeat(900_000)} end-of-it`,
  wide: '🙂'.repeat(200_000),
  zalgo: `a${'\u0301'.repeat(100_000)}`,
  half: `${'a'.repeat(999)}\ud83d\ude42\ud83d`,
  lone: '\udc00\ud800\udbff',
  backticks: '`'.repeat(5000),
  entities: '&<>"'.repeat(5000),
  empty: '',
}

for (const [channel, make, check] of CHANNELS) {
  for (const [name, text] of Object.entries(HOSTILE)) {
    test(`F13 ${channel} takes an alert full of ${name}, and it says what it is`, () => {
      const sent = make(hostileNotice(text))
      check(sent)
      const whole = channel === 'email'
        ? limits.checkLetter(String(sent)).body
        : JSON.stringify(sent)
      assert.ok(whole.includes('Rampart: A person is asked'), whole.slice(0, 300))
      assert.ok(!/[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]/.test(whole), name)
      assert.ok(!whole.includes('\x1b'), name)
    })
  }

  test(`F13 ${channel} shows both ends of what it cannot show whole`, () => {
    const sent = make(hostileNotice(HOSTILE['mark']!))
    const whole = channel === 'email' ? limits.checkLetter(String(sent)).body : JSON.stringify(sent)
    assert.match(whole, /start-of-it/)
    assert.match(whole, /…\[\d{6} more characters\]…/)
    assert.match(whole, /end-of-it/)
  })

  test(`F13 ${channel} takes any text within its vendor's limits, as well-formed text`, () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4000 }),
      fc.string({ unit: fc.constantFrom(...'`<>&|@\n\r.\\"*[]()\u202e\ud800🙂'), maxLength: 3000 }),
      fc.array(fc.constantFrom(...Object.values(HOSTILE).map((one) => one.slice(0, 999))), {
        maxLength: 5,
      }).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(texts, fc.boolean(), (text, linked) => {
        const sent = make(hostileNotice(text, linked ? LINK : undefined))
        check(sent)
        assert.ok(isWellFormed(sent), JSON.stringify(sent))
      }),
      { numRuns: runs(150) },
    )
  })

  test(`${channel} takes digests, canaries and what is left of an alert that was refused`, () => {
    check(make(bareOf(hostileNotice('rm -rf /'))))
    assert.ok(!JSON.stringify(make(bareOf(hostileNotice('rm -rf /')))).includes('rm -rf'))
    const counts = Array.from({ length: 30 }, (_, n) => ({
      type: 'deny' as const,
      what: `<!channel> ${n} ${'x'.repeat(300)}`,
      count: n + 1,
    }))
    check(make(digestOf(counts, 'e1', '2026-11-26T18:00:00.000Z', LINK)))
    check(make(canaryOf('e1', '2026-11-26T18:00:00.000Z', DEVICE, undefined)))
  })
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  return value === null || typeof value !== 'object' || Object.values(value).every(isWellFormed)
}

test('each channel: what an ordinary alert is sent as', () => {
  const path = new URL('../fixtures/notify/payloads.yaml', import.meta.url)
  const wanted = parse(readFileSync(path, 'utf8')) as Record<string, unknown>
  const notice = noticeOf(alertOf(eventOf())!, DEVICE, { link: LINK })
  for (const [channel, make] of CHANNELS) {
    const sent = make(notice)
    const plain = channel === 'email' ? mailOf(String(sent)) : JSON.parse(JSON.stringify(sent))
    assert.deepEqual(plain, wanted[channel], channel)
  }
  assert.deepEqual(
    JSON.parse(JSON.stringify(webhookMessage(notice, DEVICE))),
    wanted['webhook'],
  )
})

function mailOf(letter: string): object {
  const { headers, body } = limits.checkLetter(letter)
  return { headers: Object.fromEntries(headers), body: body.replaceAll('\r\n', '\n') }
}
