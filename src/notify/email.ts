import { fitted } from './fit.ts'
import type { Notice } from './notice.ts'
import { plainLines } from './plain.ts'

export interface Letter {
  readonly from: string
  readonly to: readonly string[]
  /** A whole message (RFC 5322), lines ending in CRLF, seven bits. */
  readonly text: string
}

/**
 * A letter in plain text. What an agent chose stands in the body alone, which is base64, so that no line
 * of it is a header or ends the message. The Message-ID is the same each time it is sent.
 */
export function letterOf(
  notice: Notice,
  { from, to }: { readonly from: string; readonly to: readonly string[] },
  sentAt: Date,
): Letter {
  const { title, id, type, level } = notice
  const lines = [title, '', ...plainLines(notice, { subject: 16_000, fact: 1000, facts: 20 })]
  const headers = [
    ['Date', dateOf(sentAt)],
    ['From', `Rampart <${from}>`],
    ['To', to.map((one) => `<${one}>`).join(',\r\n ')],
    ['Subject', encodedWord(fitted(title, 200))],
    ['Message-ID', `<${id.replaceAll(/[^A-Za-z0-9-]/g, '')}@rampart.invalid>`],
    ['MIME-Version', '1.0'],
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Transfer-Encoding', 'base64'],
    ['Auto-Submitted', 'auto-generated'],
    ['X-Rampart-Type', type],
    ...(level === 'critical' ? [['Importance', 'high']] : []),
  ]
  const body = base64(`${lines.join('\r\n')}\r\n`).replaceAll(/.{1,76}/g, '$&\r\n')
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return { from, to, text: `${head}\r\n${body}` }
}

/** RFC 5322: always in UTC. */
function dateOf(at: Date): string {
  return at.toUTCString().replace('GMT', '+0000')
}

/** RFC 2047, where a title has more than ASCII. In pieces of at most 75 characters. */
function encodedWord(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  const words: string[] = []
  let piece = ''
  for (const character of text) {
    if (base64(piece + character).length > 60) {
      words.push(piece)
      piece = ''
    }
    piece += character
  }
  return [...words, piece].map((word) => `=?utf-8?B?${base64(word)}?=`).join('\r\n ')
}

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text)
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}
