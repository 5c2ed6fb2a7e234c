import { fitted, showing, unlinked } from './fit.ts'
import type { Notice, NoticeLevel } from './notice.ts'

/** Many desktops read a little HTML in what they show. */
const show = showing({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })
const URGENCIES: Readonly<Record<NoticeLevel, string>> = {
  info: 'low',
  warning: 'normal',
  critical: 'critical',
}

/** A program and its arguments; no shell reads them. */
export interface Argv {
  readonly program: string
  readonly args: readonly string[]
}

/** What shows a message on a Linux desktop. */
export function notifySend({ title, subject, facts, link, level }: Notice): Argv {
  const lines = [
    ...(subject === undefined ? [] : [fitted(unlinked(subject.text), 200, show)]),
    ...facts.slice(0, 2).map(([label, text]) => `${label}: ${fitted(unlinked(text), 100, show)}`),
    ...(link === undefined ? [] : [[...link].map(show).join('')]),
  ]
  return {
    program: 'notify-send',
    args: [
      '--app-name=Rampart',
      `--urgency=${URGENCIES[level]}`,
      '--',
      fitted(title, 100, show),
      lines.join('\n'),
    ],
  }
}

const SCRIPT = [
  'on run argv',
  'display notification (item 2 of argv) with title (item 1 of argv)',
  'end run',
]

/** What shows a message on macOS: the script is ours, the texts are its arguments. */
export function osascript({ title, subject, facts }: Notice): Argv {
  const [why] = facts
  const text = subject?.text ?? why?.[1] ?? ''
  return {
    program: 'osascript',
    args: [
      ...SCRIPT.flatMap((line) => ['-e', line]),
      fitted(title, 100),
      `${subject?.label ?? why?.[0] ?? 'Rampart'}: ${fitted(unlinked(text), 200)}`,
    ],
  }
}
