import { fitted, showing } from './fit.ts'
import type { Notice } from './notice.ts'

const show = showing({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })
const SUBJECT = 1800
const FACT = 150
const FACTS = 10

/**
 * The body of `sendMessage`, in HTML. Text of an agent stands in `<pre>` and `<code>`, in which nothing is a
 * mention or a link. The link is one in the text: as a button Telegram refuses loopback addresses, and with
 * them the message.
 */
export function telegramMessage(
  { title, subject, facts, link, id }: Notice,
  chatId: string,
): object {
  const lines = [
    `<b>${fitted(title, 200, show)}</b>`,
    ...(subject === undefined ? [] : [`<pre>${fitted(subject.text, SUBJECT, show)}</pre>`]),
    ...facts.slice(0, FACTS).map(([label, text]) =>
      `${fitted(label, 40, show)}: <code>${fitted(text, FACT, show)}</code>`
    ),
    ...(link === undefined ? [] : [`<a href="${[...link].map(show).join('')}">Open the page</a>`]),
    `<code>${fitted(id, 60, show)}</code>`,
  ]
  return {
    chat_id: chatId,
    text: lines.join('\n'),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
  }
}
