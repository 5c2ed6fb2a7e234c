import { type Budget, DEPTH_LIMIT } from '../shell/limits.ts'
import { type Cursor, cursorOf, peek, since, take } from './cursor.ts'
import type { Command, Piece, Pipeline, Redirect, Script, Word } from './syntax.ts'

const BLANKS = /(?:[ \t\f\v\u00a0]|\^\r?\n)+/y
const LINES = /(?:[ \t\f\v\u00a0\r\n&;,=@]|\^\r?\n)+/y
const REMARK = /(?:rem(?=[\s/]|$)|::?)[^\n]*/iy
const REDIRECT = /\d?(?:>>?|<)(&\d)?/y
const VARIABLE =
  /%([\w().#$-]{1,64})(:[^%\n]{1,256})?%|!([\w().#$-]{1,64})(:[^!\n]{1,256})?!|%%?(~[a-z$:]{0,32})?([a-z\d*])(?![\w%])/iy
const ENDS = /[\s&|<>()]/
const AFTER = /&&|\|\||&|\r?\n/y
const PIPE = /\|(?!\|)/y
const IF =
  /if[ \t]+(?:\/i[ \t]+)?(?:not[ \t]+)?(?:(?:exist|defined|errorlevel|cmdextversion)[ \t]+(?:"[^"\n]{0,1024}"|[^\s()]{1,1024})|(?:"[^"\n]{0,1024}"|[^\s=()"]{0,1024})[ \t]{0,8}(?:==|equ|neq|lss|leq|gtr|geq)[ \t]{0,8}(?:"[^"\n]{0,1024}"|[^\s()"]{1,1024}))[ \t]*/iy
const ELSE = /else(?=[\s(])/iy
const FOR =
  /for[ \t]+(?:\/[fdrl][ \t]+)?(?:"[^"\n]{0,256}"[ \t]+|[^\s%(]{1,256}[ \t]+)?%%?(\w)[ \t]+in[ \t]*\(/iy
const DO = /[ \t]*do(?=[\s(])/iy
const COMMAND_IN = /[ \t]*(?:'([^'\n]{0,8192})'|`([^`\n]{0,8192})`)[ \t]*\)/y

/** Read a text as cmd.exe does. Total and linear; behind a bound stands one command that says so. */
export function parseCmd(text: string, budget: Budget, depth: number): Script {
  return parseLines(cursorOf(text, budget, depth), '')
}

function parseLines(cursor: Cursor, close: '' | ')'): Script {
  const start = cursor.at
  const pipelines: Pipeline[] = []
  cursor.depth++
  for (;;) {
    take(cursor, LINES)
    if (take(cursor, REMARK) !== undefined || take(cursor, ELSE) !== undefined) continue
    if (cursor.at >= cursor.end) {
      if (close !== '') cursor.broken = true
      break
    }
    const char = peek(cursor)
    if (char === ')' || char === '|') {
      cursor.at++
      if (char === close) break
      cursor.broken = true
      continue
    }
    if (cursor.depth > DEPTH_LIMIT || cursor.budget.commands <= 0) {
      pipelines.push(unread(cursor))
      break
    }
    pipelines.push(parsePipeline(cursor))
  }
  cursor.depth--
  return { raw: since(cursor, start), pipelines, broken: cursor.broken }
}

function unread(cursor: Cursor): Pipeline {
  const start = cursor.at
  cursor.at = cursor.end
  cursor.budget.bound = true
  const raw = since(cursor, start)
  return {
    raw,
    commands: [{ kind: 'bound', raw, words: [], redirects: [], before: '', after: '' }],
  }
}

function parsePipeline(cursor: Cursor): Pipeline {
  const start = cursor.at
  const commands: Command[] = []
  const loop = parseFor(cursor)
  if (loop !== undefined) return loop
  let before = ''
  for (;;) {
    const command = parseCommand(cursor, before)
    const end = cursor.at
    if (command.after === 'if' || take(cursor, PIPE) === undefined) {
      const raw = cursor.text.slice(start, end).trim()
      const after = command.after === 'if' ? '' : take(cursor, AFTER)?.[0].trim() || ';'
      commands.push({ ...command, after })
      return { raw, commands }
    }
    commands.push({ ...command, after: '|' })
    before = '|'
    if (cursor.budget.commands <= 0) {
      return { raw: since(cursor, start), commands: [...commands, ...unread(cursor).commands] }
    }
    take(cursor, LINES)
    if (cursor.at >= cursor.end || peek(cursor) === ')') {
      cursor.broken = true
      return { raw: since(cursor, start), commands }
    }
  }
}

/** `for %i in (…) do`: its set is what the variable holds; the body follows as what it is. */
function parseFor(cursor: Cursor): Pipeline | undefined {
  const start = cursor.at
  const found = take(cursor, FOR)
  if (found === undefined) return undefined
  cursor.budget.commands--
  const words: Word[] = []
  const code = take(cursor, COMMAND_IN)
  if (code !== undefined) {
    const inner = cursorOf(code[1] ?? code[2]!, cursor.budget, cursor.depth)
    const script = parseLines(inner, '')
    words.push({
      raw: code[0],
      pieces: [{ kind: 'script', raw: code[0], script, block: false }],
      listed: false,
      operator: false,
    })
  } else {
    for (;;) {
      take(cursor, LINES)
      const char = peek(cursor)
      if (char === '' || char === ')') break
      const before = cursor.at
      words.push(readWord(cursor, false))
      if (cursor.at === before) cursor.at++
    }
    cursor.at++
  }
  take(cursor, DO)
  const raw = since(cursor, start)
  const command: Command = { kind: 'flow', raw, words, redirects: [], before: '', after: '' }
  return {
    raw,
    commands: [command],
    assign: { name: `%${found[1]!.toLowerCase()}`, append: false },
  }
}

function parseCommand(cursor: Cursor, before: string): Command {
  cursor.budget.commands--
  const start = cursor.at
  const words: Word[] = []
  const redirects: Redirect[] = []
  const done = (kind: Command['kind'], after = ';'): Command => ({
    kind,
    raw: since(cursor, start),
    words,
    redirects,
    before,
    after,
  })
  if (take(cursor, IF) !== undefined) return done('flow', 'if')
  if (peek(cursor) === '(') {
    cursor.at++
    const script = parseLines(cursor, ')')
    const raw = since(cursor, start)
    words.push({
      raw,
      pieces: [{ kind: 'script', raw, script, block: false }],
      listed: false,
      operator: false,
    })
    take(cursor, BLANKS)
    const { at } = cursor
    if (take(cursor, ELSE) !== undefined) cursor.at = at
    else readWords(cursor, words, redirects)
    // Behind a bracket only redirections may stand.
    if (words.length > 1) cursor.broken = true
    return done('flow')
  }
  readWords(cursor, words, redirects)
  return done('command')
}

function readWords(cursor: Cursor, words: Word[], redirects: Redirect[]): void {
  for (;;) {
    take(cursor, BLANKS)
    const char = peek(cursor)
    if (char === '' || /[\r\n&|)]/.test(char)) return
    const redirect = take(cursor, REDIRECT)
    if (redirect !== undefined) {
      take(cursor, BLANKS)
      if (redirect[1] !== undefined) continue
      redirects.push({ operator: redirect[0].replace(/^\d/, ''), target: readWord(cursor, false) })
      continue
    }
    const before = cursor.at
    // What `set` sets is one text, blanks and all.
    words.push(readWord(cursor, words.length > 0 && /^set$/i.test(words[0]!.raw)))
    if (cursor.at === before) cursor.at++
  }
}

/** A word: quotes keep what they hold, a caret keeps what follows it. */
function readWord(cursor: Cursor, blanks: boolean): Word {
  const start = cursor.at
  const pieces: Piece[] = []
  let text = ''
  let quoted = false
  const flush = (some: boolean) => {
    if (text !== '' || some) pieces.push({ kind: 'text', text, quoted })
    text = ''
  }
  while (cursor.at < cursor.end) {
    const char = peek(cursor)
    if (char === '%' || char === '!') {
      const found = take(cursor, VARIABLE)
      if (found !== undefined) {
        flush(false)
        const name = found[1] ?? found[3] ?? found[6]!
        pieces.push({ kind: 'variable', name: `%${name.toLowerCase()}`, raw: found[0] })
        continue
      }
    } else if (char === '"') {
      flush(quoted)
      quoted = !quoted
      cursor.at++
      continue
    } else if (quoted) {
      if (char === '\n') break
    } else if (char === '^') {
      cursor.at++
      text += peek(cursor)
      cursor.at++
      continue
    } else if (
      ENDS.test(char) && !(blanks && /[ \t()]/.test(char)) && !(char === '(' && cursor.at > start)
    ) break
    text += char
    cursor.at++
  }
  cursor.at = Math.min(cursor.at, cursor.end)
  flush(quoted)
  // A quote may be left open: the line's end closes it.
  return { raw: since(cursor, start), pieces, listed: false, operator: false }
}
