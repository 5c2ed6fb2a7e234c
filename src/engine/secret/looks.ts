import {
  BACKSLASH,
  BASE64,
  DOTS,
  isBlank,
  isBreak,
  isDigit,
  isIn,
  type Reading,
  WORD,
} from './text.ts'

const AZURE_LEAST = 31
const AZURE_MOST = 37

/** `abc8Q~…`, seen at the tilde. */
export function findAzure(reading: Reading, at: number): number {
  const start = at - 5
  if (reading.code(at - 2) !== 0x38 || start < reading.tokenEnd) return at
  for (let i = start; i < at - 2; i++) if (!isAzure(reading.code(i))) return at
  let end = at + 1
  while (end - at <= AZURE_MOST && isAzure(reading.code(end))) end++
  if (end - at - 1 < AZURE_LEAST || isAzure(reading.code(end))) return at
  reading.tokenEnd = end
  reading.add('azure-client', 'bare', [start, end])
  return end - 1
}

function isAzure(code: number): boolean {
  return isIn(DOTS, code) || code === 0x7e
}

/** `123456789:AA…`, seen at the letter behind the colon. */
export function findTelegram(reading: Reading, at: number): number {
  const colon = at - 1
  let start = colon
  while (colon - start < 12 && isDigit(reading.code(start - 1))) start--
  if (colon - start < 8 || colon - start > 10 || reading.code(at + 1) !== 0x41) return at
  const end = reading.runEnd(WORD, at)
  if (end - at !== 35 || start < reading.tokenEnd) return at
  reading.tokenEnd = end
  reading.add('telegram', 'bare', [start, end])
  return end - 1
}

const BEGIN = /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/
const LONGEST_BEGIN = 80

/** The lines between the marks of a private key, seen at the B of BEGIN. */
export function findKey(reading: Reading, at: number): number {
  const { text } = reading
  const mark = BEGIN.exec(text.slice(Math.max(0, at - 5), at + LONGEST_BEGIN))
  if (mark === null) return at
  const body = afterHeaders(text, at - 5 + mark[0].length)
  const end = keyEnd(text, body)
  if (!text.startsWith('-----END', end) || !looksLikeKey(text.slice(body, end))) return at
  for (const [from, to] of keyPieces(text.slice(body, end))) {
    reading.add('private-key', 'key', [body + from, body + to])
  }
  return at
}

const HEADER = /^(?:\s|\\[nr]){0,8}[A-Z][A-Za-z-]{2,20}: [ -[\]-~]{0,100}(?=[\n\\])/
const LONGEST_HEADER = 140

/** `Proc-Type: 4,ENCRYPTED` and the like, which some keys begin with. */
function afterHeaders(text: string, from: number): number {
  let end = from
  for (let lines = 0; lines < 8; lines++) {
    const header = HEADER.exec(text.slice(end, end + LONGEST_HEADER))
    if (header === null) break
    end += header[0].length
  }
  return end
}

function keyEnd(text: string, body: number): number {
  let end = body
  while (end < text.length) {
    const code = text.charCodeAt(end)
    if (code === BACKSLASH && 'nr\\'.includes(text[end + 1] ?? ' ')) end += 2
    else if (isIn(BASE64, code) && code !== 0x2d || isBlank(code) || isBreak(code)) end++
    else break
  }
  return end
}

/** Its lines as one, without what stands around them; piece by piece where blanks stand for line feeds. */
function keyPieces(body: string): (readonly [from: number, to: number])[] {
  const pieces = [...body.matchAll(/[A-Za-z0-9+/=]+/g)].map(({ 0: piece, index }) => {
    // The letter of an escape.
    const from = body[index - 1] === '\\' ? index + 1 : index
    return [from, index + piece.length] as const
  }).filter(([from, to]) => from < to)
  const [first, last] = [pieces[0], pieces.at(-1)]
  if (first === undefined || last === undefined) return []
  return /[A-Za-z0-9+/=][ \t]+[A-Za-z0-9+/=]/.test(body) ? pieces : [[first[0], last[1]]]
}

const LEAST_KEY = 40

/** Letters of base64 in lines without blanks. A line of small letters alone could be a command. */
function looksLikeKey(body: string): boolean {
  const lines = body.split(/(?:\s|\\+[nr])+/).filter((line) => line !== '')
  const letters = lines.reduce((sum, line) => sum + line.length, 0)
  return letters >= LEAST_KEY && !lines.some((line) => line.length < 32 && /^[a-z]+$/.test(line))
}
