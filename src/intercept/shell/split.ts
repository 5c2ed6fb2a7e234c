import { RampartError } from '../../errors.ts'
import { readCaseHead, readCasePattern, readLoopHead, readTest, skipComment } from './compound.ts'
import { abandon, type Cursor, nested, skipBlanks, written } from './cursor.ts'
import { define, due, endBody, functionAhead } from './define.ts'
import { detach, type Draft, push, pushData } from './draft.ts'
import { arithmeticEnd, readInside } from './dollar.ts'
import { readHereBodies, readRedirect, redirectAhead } from './redirect.ts'
import { readWord } from './lex.ts'
import { type Budget, CODE_LENGTH, freshBudget, REDIRECT_LIMIT, WORD_LIMIT } from './limits.ts'
import { operatorAt, wordAhead } from './marks.ts'
import { begins, closes, isPlain, isWhole, reserved } from './reserved.ts'
import { type Script, wordOf } from './syntax.ts'

/**
 * Read a whole text as a script, in one pass: whatever it holds, there is an answer.
 *
 * @throws RampartError `request_invalid` when more of it than would be read is no here-document's data.
 */
export function parseScript(text: string, budget: Budget = freshBudget(), depth = 0): Script {
  const cursor: Cursor = {
    text,
    at: 0,
    end: Math.min(text.length, CODE_LENGTH),
    last: text.length,
    depth,
    budget,
    pending: [],
    cuts: [],
    script: readScript,
    functions: 0,
    broken: false,
  }
  const script = readScript(cursor, '')
  if (cursor.end < cursor.last) {
    throw new RampartError(
      'request_invalid',
      `A command line must be at most ${CODE_LENGTH} characters long, here-documents aside`,
    )
  }
  return script
}

function readScript(cursor: Cursor, closer: ')' | ''): Script {
  const draft: Draft = {
    cursor,
    start: cursor.at,
    commands: [],
    pipelines: [],
    functions: [],
    frames: [],
    members: [],
    list: 0,
    pipeStart: -1,
    lastEnd: cursor.at,
    words: [],
    redirects: [],
    script: undefined,
    commandStart: -1,
    before: '',
    due: undefined,
    closed: -1,
    beside: false,
  }
  const outerBroken = cursor.broken
  cursor.broken = false
  const closed = readCommands(draft, closer)
  const broken = cursor.broken || !closed || draft.frames.length > 0
  cursor.broken = outerBroken || broken
  const end = closed && closer !== '' ? cursor.at - 1 : cursor.at
  return {
    raw: written(cursor, draft.start, end),
    commands: draft.commands,
    pipelines: draft.pipelines,
    functions: draft.functions,
    broken,
  }
}

/** Whether `closer` was met (the end of the text where there is none). */
function readCommands(draft: Draft, closer: ')' | ''): boolean {
  const { cursor } = draft
  for (;;) {
    skipBlanks(cursor)
    if (cursor.at >= cursor.end) break
    if (draft.frames.length > 0 && draft.frames.at(-1)!.kind === 'pattern') {
      readCasePattern(draft)
      continue
    }
    if (spent(draft)) break
    if (wordAhead(cursor.text, cursor.at)) {
      readNext(draft)
      continue
    }
    const char = cursor.text[cursor.at]!
    if (char === ')' && closer === ')') {
      finish(draft, '')
      cursor.at++
      return true
    } else if (char === '#') skipComment(cursor)
    else if (char === '\n') readNewline(draft)
    else if (char === '(' || char === ')') readBracket(draft, char)
    else if (redirectAhead(cursor)) readTarget(draft)
    else if (';&|'.includes(char)) readOperator(draft)
    else readNext(draft)
  }
  finish(draft, '')
  return closer === ''
}

/** What is left is kept as one command that nobody has read, so that nothing ever permits it. */
function spent(draft: Draft): boolean {
  const { cursor } = draft
  if (draft.commandStart >= 0 || cursor.budget.commands > 0) return false
  cursor.budget.bound = true
  begin(draft)
  cursor.at = cursor.end
  return true
}

function begin(draft: Draft): Draft {
  if (draft.commandStart < 0) draft.commandStart = draft.cursor.at
  return draft
}

function readTarget(draft: Draft): void {
  const many = begin(draft).redirects.push(readRedirect(draft.cursor))
  if (many > REDIRECT_LIMIT) abandon(draft.cursor)
}

function readNewline(draft: Draft): void {
  finish(draft, '\n')
  draft.cursor.at++
  readHereBodies(draft.cursor)
}

function readOperator(draft: Draft): void {
  const { cursor } = draft
  const operator = operatorAt(cursor.text, cursor.at, cursor.end)
  finish(draft, operator === '|&' ? '|' : operator)
  cursor.at += operator.length
  const frame = draft.frames.at(-1)
  if (operator.length > 1 && operator.startsWith(';') && frame?.kind === 'case') {
    frame.kind = 'pattern'
  }
}

/** `( … )` is a subshell, `(( … ))` arithmetic, `name ()` a function; any other bracket a fault. */
function readBracket(draft: Draft, char: string): void {
  const { cursor } = draft
  if (char === ')') {
    cursor.broken = true
    finish(draft, ';')
    cursor.at++
    return
  }
  if (draft.words.length === 1 && draft.script === undefined && functionAhead(cursor)) {
    define(draft, draft.words[0]!)
    return
  }
  if (draft.words.length > 0 || draft.script !== undefined) {
    cursor.broken = true
    finish(draft, ';')
  }
  if (cursor.text[cursor.at + 1] === '(') {
    const stop = arithmeticEnd(cursor, cursor.at + 2)
    if (stop >= 0) {
      const inside = readInside(cursor, cursor.at + 2, stop)
      const raw = cursor.text.slice(cursor.at, stop + 2)
      pushData(draft, cursor.at, [wordOf(raw, inside)])
      cursor.at = stop + 2
      return
    }
  }
  begin(draft)
  cursor.at++
  const body = due(draft)
  if (body !== undefined) body.to = body.from + 1
  draft.script = nested(cursor, () => cursor.script(cursor, ')'), undefined)
  if (body !== undefined) cursor.functions--
}

/** A word: reserved where a command may begin, otherwise one of the command's. */
function readNext(draft: Draft): void {
  const { cursor } = draft
  const start = cursor.at
  const word = readWord(cursor)
  if (word.raw === '') {
    cursor.at++
    return
  }
  if (draft.words.length > 0 || draft.script !== undefined || !isPlain(word)) {
    if (draft.commandStart < 0) draft.commandStart = start
    if (draft.words.push(word) > WORD_LIMIT) abandon(cursor)
    return
  }
  const meaning = reserved(word.raw)
  if (meaning === undefined) {
    if (draft.commandStart < 0) draft.commandStart = start
    draft.words.push(word)
  } else readReserved(draft, word.raw, meaning, start)
}

function readReserved(
  draft: Draft,
  name: string,
  meaning: NonNullable<ReturnType<typeof reserved>>,
  start: number,
): void {
  const { cursor } = draft
  if (meaning === 'skip') {
    if (!begins(draft.frames, name)) cursor.broken = true
    draft.beside ||= name === 'coproc'
    return
  }
  if (meaning === 'close') {
    const index = draft.frames.findLastIndex((frame) => closes(frame, name))
    if (index < 0 || !isWhole(draft.frames[index]!, name)) cursor.broken = true
    if (index < 0) return
    draft.list = draft.frames[index]!.list
    draft.closed = draft.frames[index]!.from
    for (const frame of draft.frames.splice(index)) endBody(draft, frame)
    return
  }
  if (meaning === 'test') return readTest(draft, start)
  if (meaning === 'function') {
    skipBlanks(cursor)
    define(draft, readWord(cursor))
    return
  }
  draft.frames.push({
    kind: name === 'case' ? 'pattern' : name,
    body: due(draft),
    fedBy: draft.before === '|' && draft.members.length > 0 ? [...draft.members] : undefined,
    list: draft.list,
    from: draft.commands.length,
  })
  if (name === 'for' || name === 'select') readLoopHead(draft)
  if (name === 'case') readCaseHead(draft)
}

/** End the command under way, and its pipeline unless a pipe follows. */
function finish(draft: Draft, after: string): void {
  const { cursor } = draft
  if (draft.commandStart >= 0) push(draft, after)
  else if (after === '|' && draft.commands.length > 0 && draft.members.length === 0) {
    // `done | x`: what the compound's last command says goes into the pipe.
    draft.members.push(draft.commands.length - 1)
    draft.pipeStart = Math.max(draft.start, draft.lastEnd - draft.commands.at(-1)!.raw.length)
  }
  if (after === '&' || (after === '|' && draft.commandStart < 0)) detach(draft)
  const goesOn = after === '&&' || after === '||' || after === '|' ||
    (after === '\n' && draft.commandStart < 0)
  if (!goesOn) draft.list = draft.commands.length
  if (after !== '|') {
    if (draft.members.length > 1) {
      const raw = written(cursor, draft.pipeStart, draft.lastEnd)
      draft.pipelines.push({ raw, members: draft.members })
    }
    draft.members = []
  }
  if (after !== '' && !(after === '\n' && draft.commandStart < 0 && draft.before !== '')) {
    draft.before = after
  }
  draft.beside = false
  draft.closed = -1
  draft.words = []
  draft.redirects = []
  draft.script = undefined
  draft.commandStart = -1
}
