import { addressOf, isOwn, ownAddresses, ownPairs } from '../own-address.ts'
import type { Effect } from './effects.ts'
import { type Field, literalField } from './field.ts'
import { tail } from './options.ts'

/** Programs that reach what their words name, however they spell it; of others the words are only words. */
const REACHING = new Set(
  ('curl wget http https xh xhs httpie aria2c axel lwp-download lwp-request GET HEAD nc ncat netcat telnet socat ' +
    'openssl gnutls-cli ssh autossh websocat wscat grpcurl ab wrk hey nmap nping hping3 chisel ' +
    'cloudflared ngrok proxychains proxychains4').split(' '),
)
const SHORT = new Set(['http', 'https', 'xh', 'xhs', 'httpie'])
/** `curl --connect-to ::localhost: http://x:9090/`: an address without a port has that of the URL. */
const ELSEWHERE = /^--?(?:connect-to|resolve)(?:=|$)/
const UNIX = /^(?:UNIX(?:-[A-Z]+)?|GOPEN|ABSTRACT-[A-Z]+):([^,]+)/i

/**
 * What a command reaches of this machine beside what its URLs say: host and port as two words, addresses in options,
 * behind names that lead elsewhere, and sockets in the file system (security.md F19).
 */
export function ownReached(name: string, fields: readonly Field[]): Effect[] {
  if (!REACHING.has(name)) return []
  const words = fields.slice(1).map(({ text }) => text)
  const urls = new Set([
    ...words.flatMap(ownAddresses),
    ...ownPairs(words),
    ...(name === 'socat' ? words.flatMap((word) => ownPairs(word.split(/[:,]/))) : []),
    ...(name === 'curl' ? redirected(words) : []),
    ...(SHORT.has(name) ? words.flatMap(ownPort) : []),
  ])
  return [
    ...[...urls].map((url): Effect => ({ kind: 'url', scheme: 'http', field: literalField(url) })),
    ...sockets(name, fields.slice(1)),
  ]
}

/** `:9090/x` of HTTPie. */
function ownPort(word: string): readonly string[] {
  const port = /^:(\d{1,5})(?:\/|$)/.exec(word)?.[1]
  return port === undefined ? [] : [addressOf('localhost', port)!]
}

function redirected(words: readonly string[]): readonly string[] {
  const leads = words.flatMap((word, index) =>
    ELSEWHERE.test(word)
      ? [word.includes('=') ? word.slice(word.indexOf('=')) : words[index + 1] ?? '']
      : []
  )
  const hosts = leads.flatMap((lead) => lead.match(/\[[^\]]*\]|[^:,=[\]]+/g) ?? [])
  if (!hosts.some((host) => /[.a-z[]/i.test(host) && isOwn(host))) return []
  return words.flatMap((word) => [...word.matchAll(/:(\d{1,5})(?!\d)/g)])
    .map(([, port]) => addressOf('localhost', port!)!)
}

function sockets(name: string, fields: readonly Field[]): Effect[] {
  const isNetcat = /^(?:nc|ncat|netcat)$/.test(name)
  const isLocal = isNetcat && fields.some(({ text }) => /^(?:-[a-zA-Z0-9]*U|--unixsock)/.test(text))
  return fields.flatMap((field): Effect[] => {
    const match = name === 'socat' ? UNIX.exec(field.text) : null
    if (match === null && !(isLocal && !field.text.startsWith('-'))) return []
    const start = match === null ? 0 : match[0].length - match[1]!.length
    const path = tail(field, start)
    const text = match === null ? path.text : match[1]!
    const socket = { ...path, text, shown: path.known ? text : path.shown }
    return [
      { kind: 'path', access: 'read', field: socket },
      { kind: 'path', access: 'write', field: socket },
    ]
  })
}
