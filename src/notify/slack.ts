import { fitted, showing } from './fit.ts'
import type { Notice } from './notice.ts'

/** Slack turns `&`, `<` and `>` into what they stand for, everywhere. */
const show = showing({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })
const plain = (text: string, most: number) => ({
  type: 'plain_text',
  text: fitted(text, most, show) || ' ',
  emoji: false,
})

const SUBJECT = 2800
const FACT = 400

/**
 * A message for an incoming webhook, in Block Kit. Text of an agent stands in `plain_text` alone, where no
 * mention, link or markup is read; the link is a link, for a button would need an app that answers.
 */
export function slackMessage({ title, subject, facts, link, time, id }: Notice): object {
  return {
    text: fitted(title, 200, show),
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(title, 140) },
      ...(subject === undefined
        ? []
        : [{ type: 'section', text: plain(`${subject.label}: ${subject.text}`, SUBJECT) }]),
      ...pairs(facts).map((fields) => ({
        type: 'section',
        fields: fields.map(([label, text]) => plain(`${label}: ${text}`, FACT)),
      })),
      ...(link === undefined
        ? []
        : [{ type: 'section', text: { type: 'mrkdwn', text: `<${href(link)}|Open the page>` } }]),
      { type: 'context', elements: [plain(`${time} · ${id}`, 200)] },
    ],
  }
}

/** Ten fields make one section. */
function pairs<T>(facts: readonly T[]): T[][] {
  const sections: T[][] = []
  for (let at = 0; at < facts.length; at += 10) sections.push(facts.slice(at, at + 10))
  return sections
}

/** Nothing in a link of ours ends it early. */
function href(link: string): string {
  return link.replaceAll('&', '&amp;').replaceAll('<', '%3C').replaceAll('>', '%3E')
    .replaceAll('|', '%7C')
}
