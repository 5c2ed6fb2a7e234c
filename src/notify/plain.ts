import { fitted, unlinked, utf8 } from './fit.ts'
import type { Notice } from './notice.ts'
import { display } from '../audit/display.ts'

/** Lines of plain text, in so many bytes at most for the subject and each fact. */
export function plainLines(
  { subject, facts, link }: Notice,
  most: { readonly subject: number; readonly fact: number; readonly facts: number },
): string[] {
  const shown = (text: string, room: number) => fitted(unlinked(text), room, display, utf8)
  return [
    ...(subject === undefined ? [] : [`${subject.label}: ${shown(subject.text, most.subject)}`]),
    ...facts.slice(0, most.facts).map(([label, text]) => `${label}: ${shown(text, most.fact)}`),
    ...(link === undefined ? [] : ['', `Open the page: ${link}`]),
  ]
}
