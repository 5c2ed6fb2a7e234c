import { fitted, showing } from './fit.ts'
import type { Notice, NoticeLevel } from './notice.ts'

/** In a block of code nothing means anything but what ends it. */
const show = showing({ '`': '\\u{60}' })
const block = (text: string, most: number) => `\`\`\`\n${fitted(text, most, show)}\n\`\`\``

const COLOURS: Readonly<Record<NoticeLevel, number>> = {
  info: 0x3b82f6,
  warning: 0xd29922,
  critical: 0xf85149,
}
const SUBJECT = 1800
const FACT = 160
const FACTS = 9

/**
 * A message for a Discord webhook: one embed. Text of an agent stands in blocks of code, where no mention,
 * link or markup is read, and no mention at all may ring.
 */
export function discordMessage({ title, subject, facts, link, time, level, id }: Notice): object {
  return {
    allowed_mentions: { parse: [] },
    embeds: [{
      title: fitted(title, 200, show),
      ...(link === undefined ? {} : { url: link }),
      ...(subject === undefined ? {} : { description: block(subject.text, SUBJECT) }),
      color: COLOURS[level],
      fields: [
        ...facts.slice(0, FACTS).map(([label, text]) => ({
          name: fitted(label, 60, show),
          value: block(text, FACT),
          inline: false,
        })),
        ...(link === undefined
          ? []
          : [{ name: 'Open the page', value: link.slice(0, 1000), inline: false }]),
      ],
      footer: { text: fitted(id, 100, show) },
      timestamp: time,
    }],
  }
}
