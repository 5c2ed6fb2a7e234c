import assert from 'node:assert/strict'
import { z } from 'zod'

/**
 * What vendors document of their limits, as a receiver of theirs would hold them. Sources, read in November
 * 2026: docs.slack.dev (Block Kit), discord.com/developers (embed limits), learn.microsoft.com (Teams: 28 KB),
 * core.telegram.org/bots/api (sendMessage), docs.ntfy.sh/publish.
 */
const text = (most: number) => z.string().min(1).max(most)
const plain = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: text(most), emoji: z.literal(false) })

const Slack = z.strictObject({
  text: text(4000),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
  blocks: z.array(z.union([
    z.strictObject({ type: z.literal('header'), text: plain(150) }),
    z.strictObject({ type: z.literal('section'), text: plain(3000) }),
    z.strictObject({
      type: z.literal('section'),
      text: z.strictObject({ type: z.literal('mrkdwn'), text: text(3000) }),
    }),
    z.strictObject({ type: z.literal('section'), fields: z.array(plain(2000)).min(1).max(10) }),
    z.strictObject({ type: z.literal('context'), elements: z.array(plain(2000)).min(1).max(10) }),
  ])).min(1).max(50),
})

const Embed = z.strictObject({
  title: text(256),
  url: z.url().max(2048).optional(),
  description: text(4096).optional(),
  color: z.int().min(0).max(0xffffff),
  fields: z.array(z.strictObject({ name: text(256), value: text(1024), inline: z.boolean() })).max(
    25,
  ),
  footer: z.strictObject({ text: text(2048) }),
  timestamp: z.iso.datetime(),
})
const Discord = z.strictObject({
  allowed_mentions: z.strictObject({ parse: z.tuple([]) }),
  embeds: z.array(Embed).min(1).max(10),
})

const TextRun = z.strictObject({
  type: z.literal('TextRun'),
  text: z.string().min(1),
  weight: z.enum(['bolder']).optional(),
  size: z.enum(['large']).optional(),
  color: z.enum(['accent', 'warning', 'attention']).optional(),
  fontType: z.enum(['monospace']).optional(),
})
const Teams = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([z.strictObject({
    contentType: z.literal('application/vnd.microsoft.card.adaptive'),
    contentUrl: z.null(),
    content: z.strictObject({
      $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
      type: z.literal('AdaptiveCard'),
      version: z.literal('1.4'),
      body: z.array(z.strictObject({
        type: z.literal('RichTextBlock'),
        inlines: z.array(TextRun).min(1),
      })).min(1),
      actions: z.array(z.strictObject({
        type: z.literal('Action.OpenUrl'),
        title: text(100),
        url: z.url(),
      })).max(6),
      msteams: z.strictObject({ width: z.literal('Full') }),
    }),
  })]),
})

const Telegram = z.strictObject({
  chat_id: z.string(),
  text: z.string().min(1),
  parse_mode: z.literal('HTML'),
  link_preview_options: z.strictObject({ is_disabled: z.literal(true) }),
})

const Ntfy = z.strictObject({
  topic: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  title: text(256),
  message: z.string().min(1),
  priority: z.int().min(1).max(5),
  tags: z.array(text(64)).max(5),
  click: z.url().optional(),
  actions: z.array(z.strictObject({
    action: z.literal('view'),
    label: text(64),
    url: z.url(),
  })).max(3).optional(),
})

const bytes = (value: string) => new TextEncoder().encode(value).length

export function checkSlack(body: unknown): void {
  for (const block of Slack.parse(body).blocks) {
    if (!('text' in block) || block.text.type !== 'mrkdwn') continue
    // The one place where markup is read holds our link and nothing else.
    assert.match(block.text.text, /^<https?:\/\/[\w.:/~%#-]+\|Open the page>$/)
  }
}

export function checkDiscord(body: unknown): void {
  for (const { title, description = '', fields, footer } of Discord.parse(body).embeds) {
    const all = [
      title,
      description,
      footer.text,
      ...fields.flatMap(({ name, value }) => [name, value]),
    ]
    assert.ok(all.join('').length <= 6000, 'an embed of more than 6000 characters')
    for (const one of [description, ...fields.map(({ value }) => value)]) {
      if (one === '' || /^https?:\/\/\S+$/.test(one)) continue
      // One block of code, which ends where we end it.
      assert.match(one, /^```\n[^`]*\n```$/)
    }
  }
}

export function checkTeams(body: unknown): void {
  Teams.parse(body)
  assert.ok(bytes(JSON.stringify(body)) <= 28 * 1024, 'a card of more than 28 KB')
}

/** What Telegram makes of the text: tags go, entities become what they stand for. */
export function checkTelegram(body: unknown): string {
  const { text: html } = Telegram.parse(body)
  const known = /<\/?(?:b|pre|code)>|<a href="[^"<>]*">|<\/a>/g
  const open: string[] = []
  for (const [tag] of html.matchAll(known)) {
    const name = /[a-z]+/.exec(tag)![0]
    if (tag.startsWith('</')) assert.equal(open.pop(), name, html)
    else open.push(name)
  }
  assert.deepEqual(open, [])
  const rest = html.replaceAll(known, '')
  assert.ok(!/[<>"]/.test(rest), rest)
  assert.ok(!/&(?!amp;|lt;|gt;|quot;)/.test(rest), rest)
  const parsed = rest.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
  assert.ok(parsed.length >= 1 && parsed.length <= 4096, `${parsed.length} characters`)
  return parsed
}

export function checkNtfy(body: unknown): void {
  const { message } = Ntfy.parse(body)
  assert.ok(bytes(message) <= 4096, 'a message of more than 4096 bytes')
}

/** A letter as RFC 5322 and 5321 want it; the body, decoded. */
export function checkLetter(letter: string): { headers: Map<string, string>; body: string } {
  const at = letter.indexOf('\r\n\r\n')
  const lines = letter.split('\r\n')
  for (const line of lines) {
    assert.ok(line.length <= 998, 'a line of more than 998 characters')
    assert.match(line, /^[\x20-\x7e\t]*$/)
  }
  const head = letter.slice(0, at).replaceAll(/\r\n[ \t]/g, ' ').split('\r\n')
  const headers = new Map<string, string>()
  for (const line of head) {
    const [, name, value] = /^([A-Za-z-]+): (.*)$/.exec(line) ?? assert.fail(`no header: ${line}`)
    assert.ok(!headers.has(name!.toLowerCase()), `twice: ${name}`)
    headers.set(name!.toLowerCase(), value!)
  }
  assert.deepEqual([...headers.keys()].sort(), [
    ...['auto-submitted', 'content-transfer-encoding', 'content-type', 'date', 'from'],
    ...(headers.has('importance') ? ['importance'] : []),
    ...['message-id', 'mime-version', 'subject', 'to', 'x-rampart-type'],
  ])
  const coded = lines.slice(lines.indexOf('') + 1).join('')
  const body = new TextDecoder('utf-8', { fatal: true })
    .decode(Uint8Array.from(atob(coded), (c) => c.charCodeAt(0)))
  return { headers, body }
}
