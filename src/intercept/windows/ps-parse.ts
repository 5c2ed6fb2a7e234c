import { DEPTH_LIMIT } from '../shell/limits.ts'
import { type Cursor, cursorOf, peek, since, take } from './cursor.ts'
import { readWord, skip } from './ps-lex.ts'
import type { Command, Pipeline, Redirect, Script, Word } from './syntax.ts'
import type { Budget } from '../shell/limits.ts'

/** Words that are no command; what stands in the brackets behind them is read. */
const FLOW =
  /(?:if|elseif|else|while|until|do|for|foreach|switch|default|try|catch|finally|trap|begin|process|end|clean|dynamicparam|function|filter|workflow|param|class|enum|data|parallel|inlinescript)(?=[\s({[]|$)/iy
/** Of these only those that stand at the beginning of a statement and are no command's alias. */
const GOES_ON = /(?:elseif|else|catch|finally|while|until|end|process|clean)(?=[\s({[]|$)/iy
const LEAVING = /(?:return|throw|exit)(?=[\s;({'"$]|$)/iy
const ASSIGNMENT =
  /(?:\[[\w.]{1,100}(?:\[\])?\][ \t]{0,16}){0,3}\$(?:\{([^}\n]{1,128})\}|((?:\w{1,16}:)?\w{1,128}))[ \t]{0,64}(\+|-|\*|\/|\?\?)?=(?!=)/iy
const LOOP = /[ \t]{0,64}\$(\w{1,128})\s{1,64}in\s/iy
const KEY = /\s{0,256}(?:[\w.-]{1,128}|'[^'\n]{0,128}'|"[^"\n]{0,128}")[ \t]{0,64}=/y
const CALL = /&(?!&)|\.(?=[\s'"$({&\u2018-\u201e])/y
const NUMBER = /-?(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e\d+)?(?:[kmgtp]b|[lud])?)(?=[\s;|)},.+*/%-]|$)/iy
const REDIRECT = /(?:[1-6*]?>>?(&[12])?|<)/y
const PIPE = /\|(?!\|)/y
const AFTER = /&&|\|\||&|;|\r?\n/y

/** Read a text as PowerShell. Total and linear; where it stops a command of the kind `bound` stands. */
export function parsePowerShell(text: string, budget: Budget, depth: number): Script {
  const cursor = cursorOf(text, budget, depth)
  return parseScript(cursor, '', false)
}

/** Statements up to a closing bracket, or to the end. */
export function parseScript(cursor: Cursor, close: string, hash: boolean): Script {
  const start = cursor.at
  const pipelines: Pipeline[] = []
  const outer = cursor.broken
  cursor.broken = false
  cursor.depth++
  for (;;) {
    if (hash) take(cursor, KEY)
    else if (close === ')') take(cursor, LOOP)
    skip(cursor, true)
    if (hash) take(cursor, KEY)
    if (cursor.at >= cursor.end) {
      if (close !== '') cursor.broken = true
      break
    }
    const char = peek(cursor)
    if (char === close) {
      cursor.at++
      break
    }
    if (cursor.depth > DEPTH_LIMIT || cursor.budget.commands <= 0) {
      pipelines.push(unread(cursor))
      break
    }
    if (/[)},|]/.test(char)) {
      // A comma joins; all else has no partner.
      if (char !== ',') cursor.broken = true
      cursor.at++
      continue
    }
    pipelines.push(parsePipeline(cursor))
  }
  cursor.depth--
  const broken = cursor.broken
  cursor.broken ||= outer
  return { raw: since(cursor, start), pipelines, broken }
}

/** Everything behind a bound, in one. */
function unread(cursor: Cursor): Pipeline {
  const start = cursor.at
  cursor.at = cursor.end
  cursor.budget.bound = true
  const raw = since(cursor, start)
  const command: Command = {
    kind: 'bound',
    raw,
    words: [],
    redirects: [],
    before: '',
    after: '',
  }
  return { raw, commands: [command] }
}

function parsePipeline(cursor: Cursor): Pipeline {
  const start = cursor.at
  const assigned = take(cursor, ASSIGNMENT)
  const name = (assigned?.[1] ?? assigned?.[2])?.toLowerCase()
    .replace(/^(?:global|local|script|private|using|variable):/, '')
  const assign = name === undefined ? undefined : { name, append: assigned![3] !== undefined }
  skip(cursor, false)
  const commands: Command[] = []
  let before = ''
  for (;;) {
    const command = parseCommand(cursor, before)
    skip(cursor, false)
    const end = cursor.at
    if (take(cursor, PIPE) === undefined) {
      const raw = cursor.text.slice(start, end).trim()
      commands.push({ ...command, after: takeEnd(cursor) })
      return { raw, commands, assign }
    }
    commands.push({ ...command, after: '|' })
    before = '|'
    if (cursor.budget.commands <= 0) {
      return { raw: since(cursor, start), commands: [...commands, ...unread(cursor).commands] }
    }
    skip(cursor, true)
    if (cursor.at >= cursor.end || /[)}]/.test(peek(cursor))) {
      cursor.broken = true
      return { raw: since(cursor, start), commands, assign }
    }
  }
}

function takeEnd(cursor: Cursor): string {
  // A block may be followed by a statement without anything between them.
  return take(cursor, AFTER)?.[0].trim() || ';'
}

function parseCommand(cursor: Cursor, before: string): Command {
  cursor.budget.commands--
  const start = cursor.at
  const words: Word[] = []
  const redirects: Redirect[] = []
  const done = (kind: Command['kind']): Command => ({
    kind,
    raw: since(cursor, start),
    words,
    redirects,
    before,
    after: ';',
  })
  take(cursor, LEAVING)
  skip(cursor, false)
  if (before === '' && take(cursor, FLOW) !== undefined) {
    readFlow(cursor, words)
    return done('flow')
  }
  const called = take(cursor, CALL) !== undefined
  if (called) skip(cursor, false)
  const expression = !called && isExpression(cursor)
  readWords(cursor, words, redirects, expression)
  return done(expression ? 'expression' : 'command')
}

function isExpression(cursor: Cursor): boolean {
  const { at } = cursor
  if (take(cursor, NUMBER) !== undefined) {
    cursor.at = at
    return true
  }
  return /['"$([@{!,+\u2018-\u201e]|-/.test(peek(cursor))
}

/** Brackets and words behind a keyword; the statement ends with a block that nothing goes on behind. */
function readFlow(cursor: Cursor, words: Word[]): void {
  for (;;) {
    skip(cursor, false)
    const char = peek(cursor)
    if (char === '\r' || char === '\n') {
      // `if (x)` may have its block on the next line; a lone keyword ends here.
      const { at } = cursor
      skip(cursor, true)
      if (peek(cursor) === '{') continue
      cursor.at = at
      return
    }
    if (char === '' || /[;|&)}]/.test(char)) return
    const before = cursor.at
    words.push(readWord(cursor, false, char === '['))
    if (cursor.at === before) cursor.at++
    if (char !== '{') continue
    const { at } = cursor
    skip(cursor, true)
    if (take(cursor, GOES_ON) !== undefined) continue
    cursor.at = at
    return
  }
}

const OPERATOR = /-[a-z]+(?=[\s('"$@[{\d]|$)|[-+*/%=!?:.\]]+|\[/iy

function readWords(
  cursor: Cursor,
  words: Word[],
  redirects: Redirect[],
  expression: boolean,
): void {
  let listed = false
  for (;;) {
    skip(cursor, false)
    const char = peek(cursor)
    if (char === ',') {
      listed = true
      cursor.at++
      skip(cursor, true)
      continue
    }
    if (char === '' || /[\r\n;|&)}]/.test(char)) return
    const redirect = take(cursor, REDIRECT)
    if (redirect !== undefined) {
      skip(cursor, false)
      if (redirect[1] !== undefined) continue
      const target = readWord(cursor, false, false)
      redirects.push({ operator: redirect[0].replace(/^[1-6*]/, ''), target })
      continue
    }
    const before = cursor.at
    const operator = expression && !/[['"$({@]/.test(char) || (expression && isIndex(cursor, words))
      ? take(cursor, OPERATOR)?.[0]
      : undefined
    if (operator !== undefined) {
      words.push({ raw: operator, pieces: [], listed: false, operator: true })
      // What is assigned to a member is a statement of its own.
      if (/^=$|^[-+*/]=$/.test(operator)) return
      skip(cursor, !/^(?:\]|\+\+|--)/.test(operator))
    } else {
      words.push(readWord(cursor, listed, expression))
      if (cursor.at === before) cursor.at++
    }
    listed = false
  }
}

/** `$x[0]`: an index, no type. */
function isIndex(cursor: Cursor, words: readonly Word[]): boolean {
  return peek(cursor) === '[' && words.at(-1)?.operator === false &&
    !/\s/.test(cursor.text[cursor.at - 1] ?? ' ')
}
