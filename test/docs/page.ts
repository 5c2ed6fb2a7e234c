import { readFileSync } from 'node:fs'

export const pageText = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** A fenced block of a page. */
export interface Block {
  readonly language: string
  readonly text: string
  /** Of its first line of text, counted from 1. */
  readonly line: number
  /** `<!-- name: text -->` on the line above it. */
  readonly note: { readonly name: string; readonly text: string } | undefined
}

/**
 * What a note above a block may say. `not run` gives the reason why nothing can run it; `keeps running`
 * that its command goes on after it has printed what is shown; `in` names the file that holds its text;
 * `faulty` says that its faults are meant.
 */
export const NOTES = ['not run', 'keeps running', 'in', 'faulty'] as const

export function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const fence = /^```(\S*)$/.exec(lines[at]!)
    if (fence === null) continue
    const end = lines.indexOf('```', at + 1)
    if (end < 0) throw new Error(`line ${at + 1}: a block without an end`)
    const note = /^<!-- ([a-z ]+)(?:: (.*))? -->$/.exec(lines[at - 1] ?? '')
    blocks.push({
      language: fence[1]!,
      text: lines.slice(at + 1, end).map((line) => `${line}\n`).join(''),
      line: at + 2,
      note: note === null ? undefined : { name: note[1]!, text: note[2] ?? '' },
    })
    at = end
  }
  return blocks
}

/** Where a reader saves a block: its first line is a comment with the name of a file. */
export function fileOf({ language, text }: Block): string | undefined {
  const ending = { yaml: 'yaml', python: 'py' }[language]
  const [, name, found] = /^# (\S+\.(\w+))$/.exec(text.split('\n')[0]!) ?? []
  return found !== undefined && found === ending ? name : undefined
}

/** One command of a `console` block and what the page says that it prints. */
export interface Step {
  readonly command: string
  readonly shown: string
  /** Lines of the block before `shown`. */
  readonly before: number
}

export function stepsOf({ language, text }: Block): readonly Step[] {
  const lines = text.split('\n').slice(0, -1)
  if (language === 'sh') return [{ command: text, shown: '', before: lines.length }]
  const steps: Step[] = []
  for (let at = 0; at < lines.length;) {
    if (!lines[at]!.startsWith('$ ')) throw new Error(`no command before: ${lines[at]}`)
    const first = at
    while (lines[at]!.endsWith('\\')) at++
    const command = lines.slice(first, ++at).join('\n').slice(2)
    const start = at
    while (at < lines.length && !lines[at]!.startsWith('$ ')) at++
    const shown = lines.slice(start, at).map((line) => `${line}\n`).join('')
    steps.push({ command, shown, before: start })
  }
  return steps
}

/** What is shown as an expression: `…` alone on a line is any lines, elsewhere the rest of a word or line. */
export function shownAs(shown: string, whole: boolean): RegExp {
  const lines = shown.split('\n').slice(0, -1).map((line) =>
    line === '…' ? '(?:.*\n)*?' : `${line.split('…').map(literal).join('.*')}\n`
  )
  return new RegExp(`^${lines.join('')}${whole ? '$' : ''}`)
}

/** A text as an expression that means itself. */
export function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
