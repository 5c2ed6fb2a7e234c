import { display } from '../audit/display.ts'
import { fitted, utf8 } from './fit.ts'
import type { Notice, NoticeLevel } from './notice.ts'

const COLOURS: Readonly<Record<NoticeLevel, string>> = {
  info: 'accent',
  warning: 'warning',
  critical: 'attention',
}
/** Of bytes: JSON may write a character in six. All of a card has to stay under 28 KB. */
const SUBJECT = 1800
const FACT = 240
const FACTS = 12
const cost = (shown: string) => utf8(JSON.stringify(shown)) - 2

/** Runs of text are shown as they are: no markdown is read in them, as it is in blocks of text. */
function run(label: string, text: string, most: number): object {
  return {
    type: 'RichTextBlock',
    inlines: [
      { type: 'TextRun', text: `${label}: `, weight: 'bolder' },
      { type: 'TextRun', text: fitted(text, most, display, cost) || ' ', fontType: 'monospace' },
    ],
  }
}

/** A message for a workflow of Microsoft Teams: an Adaptive Card in its envelope. */
export function teamsMessage({ title, subject, facts, link, time, level, id }: Notice): object {
  return {
    type: 'message',
    attachments: [{
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [
          {
            type: 'RichTextBlock',
            inlines: [{
              type: 'TextRun',
              text: fitted(title, 200),
              weight: 'bolder',
              size: 'large',
              color: COLOURS[level],
            }],
          },
          ...(subject === undefined ? [] : [run(subject.label, subject.text, SUBJECT)]),
          ...facts.slice(0, FACTS).map(([label, text]) => run(label, text, FACT)),
          run('Event', `${time} ${id}`, 200),
        ],
        actions: link === undefined
          ? []
          : [{ type: 'Action.OpenUrl', title: 'Open the page', url: link }],
        msteams: { width: 'Full' },
      },
    }],
  }
}
