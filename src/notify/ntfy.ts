import { fitted } from './fit.ts'
import type { Notice, NoticeLevel } from './notice.ts'
import { plainLines } from './plain.ts'

const PRIORITIES: Readonly<Record<NoticeLevel, number>> = { info: 3, warning: 4, critical: 5 }

/** What is published on ntfy, as JSON. Its one button opens the page; none decides. */
export function ntfyMessage(notice: Notice, topic: string): object {
  const { title, link, level } = notice
  const text = plainLines({ ...notice, link: undefined }, { subject: 1800, fact: 150, facts: 10 })
  return {
    topic,
    title: fitted(title, 200),
    message: text.join('\n') || title,
    priority: PRIORITIES[level],
    tags: [level === 'info' ? 'shield' : 'warning'],
    ...(link === undefined
      ? {}
      : { click: link, actions: [{ action: 'view', label: 'Open the page', url: link }] }),
  }
}
