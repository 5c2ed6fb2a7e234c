import {
  CODE_WORDS,
  EDIT_WORDS,
  isSecretName,
  isTokenShape,
  SHELLS,
  USER_OPTIONS,
} from './secret-tables.ts'

/** What a request says of the names in it, before any of it is replaced. */
export interface Usage {
  /** Variables that are expanded somewhere: their values may be run. */
  readonly expanded: ReadonlySet<string>
  /** Something decodes or runs text. */
  readonly code: boolean
}

/** What stands in the place of a secret. */
export type Mark = (secret: string) => string

/** Where a secret stands: in a place that is only ever data, or in one that may be run. */
type Place = 'data' | 'variable' | 'bare' | 'key'

const RUN = /[A-Za-z0-9_.-]+/g
const BLANK = ' \t'
const QUOTES = '\'"'
const ENDS = ' \t\n\r\'";|&<>)]},'
const ACTIVE = '$`({\\'
const KEY_BODY = /[A-Za-z0-9+/=\s]/

/** Gather what is expanded and whether anything is run, over all texts of a request. */
export function usageOf(texts: readonly string[]): Usage {
  const expanded = new Set<string>()
  let code = false
  for (const text of texts) {
    for (const { 1: name } of text.matchAll(/\$\{?[!#]?([A-Za-z_][A-Za-z0-9_]*)/g)) {
      expanded.add(name!)
    }
    const kept = /\$\(|`|[<>]/.test(text)
    for (const { 0: word, index } of text.matchAll(RUN)) {
      code ||= CODE_WORDS.has(word) || (kept && EDIT_WORDS.has(word)) ||
        (SHELLS.has(word) && behindPipe(text, index))
    }
  }
  return { expanded, code }
}

function behindPipe(text: string, index: number): boolean {
  let at = index - 1
  // A path in front of the name: `| /bin/sh`.
  for (let steps = 0; steps < 64 && /[\w./-]/.test(text[at] ?? ''); steps++) at--
  while (at >= 0 && BLANK.includes(text[at]!)) at--
  return text[at] === '|' || text[at] === '&' || text[at] === '<'
}

/**
 * Replace the secrets of a text, in one pass. Only literal token text is ever replaced: what holds
 * anything that a shell acts on, or may be run, stays readable (security.md F14).
 */
export function redactText(text: string, usage: Usage, mark: Mark): string {
  const out: string[] = []
  let done = 0
  function replace(start: number, end: number, place: Place): void {
    const secret = text.slice(start, end)
    if (start < done || !mayHide(secret, place, usage)) return
    out.push(text.slice(done, start), mark(secret))
    done = end
  }
  const runs = new RegExp(RUN)
  for (let run = runs.exec(text); run !== null; run = runs.exec(text)) {
    const next = redactRun(text, run[0], run.index, usage, replace)
    if (next > runs.lastIndex) runs.lastIndex = next
  }
  return done === 0 ? text : out.join('') + text.slice(done)
}

/** Whether a value, literal as it is, may be taken out of sight. */
export function mayHide(secret: string, place: Place, { code }: Usage): boolean {
  if (place === 'key') return !code
  if (secret === '' || secret.startsWith('[redacted-') || !isLiteral(secret)) return false
  const shaped = isTokenShape(secret)
  if (code) return shaped && place === 'data'
  return shaped || place !== 'bare'
}

/** No blank, no quote, nothing that a shell acts on. */
export function isLiteral(text: string): boolean {
  for (const character of text) {
    if (ENDS.includes(character) || ACTIVE.includes(character)) return false
  }
  return true
}

type Replace = (start: number, end: number, place: Place) => void

/** Look at one run of name characters and what follows it; where to go on. */
function redactRun(
  text: string,
  run: string,
  start: number,
  { expanded }: Usage,
  replace: Replace,
): number {
  const end = start + run.length
  if (text.startsWith('://', end)) return redactUrl(text, end + 3, replace)
  if (run === '-----BEGIN') return Math.max(end, redactKey(text, start, replace))
  if (USER_OPTIONS.has(run)) return redactUser(text, afterBlanks(text, end), replace)
  if (isTokenShape(run)) {
    replace(start, end, 'bare')
    return end
  }
  if (!isSecretName(run)) return end
  const at = valueAfter(text, run, end)
  if (at === undefined) return end
  const name = run.replace(/^-+/, '')
  // A variable that is expanded anywhere may be run there.
  if (expanded.has(name)) return at
  const place = run.startsWith('-') || text[end] !== '=' ? 'data' : 'variable'
  return redactValue(text, at, place, /authorization$/i.test(run), replace)
}

/** Where the value of a name starts: behind `=` or `:`, or for an option behind a blank. */
function valueAfter(text: string, run: string, end: number): number | undefined {
  let at = end
  if (text[at] === '\\') at++
  if (QUOTES.includes(text[at] ?? 'x')) at++
  if (text[at] === '=') return at + 1
  const sign = afterBlanks(text, at)
  if (text[sign] === ':') return afterBlanks(text, sign + 1)
  return run.startsWith('-') && at === end && sign > at ? sign : undefined
}

function redactValue(
  text: string,
  from: number,
  place: Place,
  scheme: boolean,
  replace: Replace,
): number {
  let start = from
  if (text[start] === '\\' && QUOTES.includes(text[start + 1] ?? 'x')) start++
  const quote = QUOTES.includes(text[start] ?? 'x') ? text[start] : undefined
  if (quote !== undefined) start++
  let { end, literal } = literalFrom(text, start)
  // `Authorization: Bearer …`: the scheme is no secret.
  if (
    scheme && BLANK.includes(text[end] ?? 'x') && /^[A-Za-z]{1,20}$/.test(text.slice(start, end))
  ) {
    start = afterBlanks(text, end)
    ;({ end, literal } = literalFrom(text, start))
  }
  const closed = text[end] === '\\' ? text[end + 1] : text[end]
  if (literal && (quote === undefined || closed === quote)) replace(start, end, place)
  // Behind it, literal or not: no character is looked at for two names.
  return end
}

/** Where a literal ends, or runs into something that a shell acts on. */
function literalFrom(
  text: string,
  start: number,
): { readonly end: number; readonly literal: boolean } {
  let end = start
  while (end < text.length && !ENDS.includes(text[end]!)) {
    if (text[end] === '\\' && QUOTES.includes(text[end + 1] ?? 'x')) break
    if (ACTIVE.includes(text[end]!)) return { end, literal: false }
    end++
  }
  return { end, literal: true }
}

/** `https://name:secret@host`; the authority ends at a slash. */
function redactUrl(text: string, start: number, replace: Replace): number {
  let colon: number | undefined
  let at = start
  for (; at < text.length; at++) {
    const character = text[at]!
    if (character === ':') colon ??= at
    if (character === '@' && colon !== undefined) replace(colon + 1, at, 'data')
    if ('/?#@'.includes(character) || ENDS.includes(character)) break
  }
  // The rest may hold another one: nothing behind the authority was looked at.
  return colon === undefined ? start : at
}

/** `-u name:secret`. */
function redactUser(text: string, from: number, replace: Replace): number {
  const start = QUOTES.includes(text[from] ?? 'x') ? from + 1 : from
  const { end, literal } = literalFrom(text, start)
  const colon = text.slice(start, end).indexOf(':')
  if (!literal || colon < 0 || text.startsWith('://', start + colon)) return start
  replace(start + colon + 1, end, 'data')
  return end
}

/** The lines between the marks of a private key; where they end. */
function redactKey(text: string, start: number, replace: Replace): number {
  const begin = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/y
  begin.lastIndex = start
  if (!begin.test(text)) return start
  const body = begin.lastIndex
  let end = body
  while (end < text.length && (KEY_BODY.test(text[end]!) || text.startsWith('\\n', end))) {
    end += text[end] === '\\' ? 2 : 1
  }
  if (text.startsWith('-----END', end)) replace(body, end, 'key')
  return end
}

function afterBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && BLANK.includes(text[at]!)) at++
  return at
}
