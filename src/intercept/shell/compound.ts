import { type Cursor, skipBlanks } from './cursor.ts'
import { endBody } from './define.ts'
import { type Draft, pushData } from './draft.ts'
import { readHereBodies } from './redirect.ts'
import { readWord } from './lex.ts'
import { textWord, type Word } from './syntax.ts'

/** `for x in a b`: the words are data, and so is what arithmetic stands in their place. */
export function readLoopHead(draft: Draft): void {
  const { cursor } = draft
  skipBlanks(cursor)
  if (cursor.text.startsWith('((', cursor.at)) return
  const start = cursor.at
  const loop = readWord(cursor).raw
  const words: Word[] = []
  skipBlanks(cursor)
  if (/^in(?=[\s;]|$)/.test(cursor.text.slice(cursor.at, cursor.at + 3))) {
    cursor.at += 2
    for (;;) {
      skipBlanks(cursor)
      const word = readWord(cursor)
      if (word.raw === '') break
      words.push(word)
    }
  }
  pushData(draft, start, words, loop)
}

export function readCaseHead(draft: Draft): void {
  const { cursor } = draft
  skipBlanks(cursor)
  const start = cursor.at
  const word = readWord(cursor)
  pushData(draft, start, [word])
  skipSpace(cursor)
  if (cursor.text.startsWith('in', cursor.at)) cursor.at += 2
  else cursor.broken = true
}

/** The patterns of a `case`, up to their bracket; `esac` in their place ends it. */
export function readCasePattern(draft: Draft): void {
  const { cursor } = draft
  skipSpace(cursor)
  const start = cursor.at
  if (cursor.text[cursor.at] === '(') cursor.at++
  const words: Word[] = []
  while (cursor.at < cursor.end) {
    skipSpace(cursor)
    const char = cursor.text[cursor.at]
    if (char === ')') break
    if (char === '#' && words.length === 0) {
      skipComment(cursor)
      continue
    }
    const word = readWord(cursor)
    if (word.raw === '') cursor.at++
    else if (word.raw === 'esac' && words.length === 0) return endCase(draft)
    else words.push(word)
  }
  if (cursor.at >= cursor.end) cursor.broken = true
  else cursor.at++
  pushData(draft, start, words)
  const frame = draft.frames.at(-1)!
  frame.kind = 'case'
}

function endCase(draft: Draft): void {
  const frame = draft.frames.pop()!
  draft.closed = frame.from
  endBody(draft, frame)
}

function skipSpace(cursor: Cursor): void {
  for (;;) {
    skipBlanks(cursor)
    if (cursor.at >= cursor.end || cursor.text[cursor.at] !== '\n') return
    cursor.at++
    readHereBodies(cursor)
  }
}

/** `[[ … ]]` is one command in which operators are words. */
export function readTest(draft: Draft, start: number): void {
  const { cursor } = draft
  draft.commandStart = start
  draft.words.push(textWord('[[', false))
  while (cursor.at < cursor.end) {
    skipSpace(cursor)
    if (cursor.at >= cursor.end) break
    const from = cursor.at
    const word = readWord(cursor)
    if (word.raw === '') cursor.at += /^(?:&&|\|\|)/.test(cursor.text.slice(from, from + 2)) ? 2 : 1
    const raw = cursor.text.slice(from, cursor.at)
    draft.words.push(word.raw === '' ? textWord(raw, true) : word)
    if (word.raw === ']]') return
  }
  cursor.broken = true
}

/** From a `#` to the end of its line. */
export function skipComment(cursor: Cursor): void {
  const start = cursor.at
  const stop = cursor.text.indexOf('\n', start)
  cursor.at = stop < 0 || stop > cursor.end ? cursor.end : stop
  cursor.cuts.push([start, cursor.at])
}
