import type { Bytes } from './bytes.ts'
import { translated } from './translate-set.ts'

/** What a filter prints for its input; undefined where these arguments say more than is known here. */
type Filter = (args: readonly string[], input: Bytes) => Bytes | undefined

const DECODE = new Set(['-d', '-D', '--decode', '-di', '-id'])
const INDIFFERENT = new Set(['-', '-i', '--ignore-garbage', '-w0', '-w', '0', '-A', '-a', '-in'])

/** Whether the arguments ask for nothing but decoding. */
function decodes(args: readonly string[]): boolean {
  return args.some((arg) => DECODE.has(arg)) &&
    args.every((arg) => DECODE.has(arg) || INDIFFERENT.has(arg))
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function base64(input: Bytes, url = false): Bytes | undefined {
  const plain = input.replace(/\s+/g, '')
  const text = url ? plain.replaceAll('-', '+').replaceAll('_', '/') : plain
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  const body = text.replace(/=+$/, '')
  return body.length % 4 === 1 ? undefined : atob(body)
}

function base32(input: Bytes): Bytes | undefined {
  const text = input.replace(/\s+/g, '').replace(/=+$/, '')
  if (!/^[A-Z2-7]*$/.test(text)) return undefined
  let bytes = ''
  let bits = 0
  let held = 0
  for (const char of text) {
    held = ((held << 5) | ALPHABET.indexOf(char)) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes += String.fromCharCode((held >> bits) & 0xff)
  }
  return bytes
}

function hex(input: Bytes): Bytes | undefined {
  const text = input.replace(/\s+/g, '')
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) return undefined
  return text.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16)))
}

const BASES: Readonly<Record<string, (input: Bytes) => Bytes | undefined>> = {
  '--base64': base64,
  '--base64url': (input) => base64(input, true),
  '--base32': base32,
  '--base16': hex,
}

function basenc(args: readonly string[], input: Bytes): Bytes | undefined {
  const base = args.find((arg) => Object.hasOwn(BASES, arg))
  if (base === undefined || !decodes(args.filter((arg) => arg !== base))) return undefined
  return BASES[base]!(base === '--base16' ? input.toLowerCase() : input)
}

/** `xxd -r -p` in any spelling. */
function xxd(args: readonly string[], input: Bytes): Bytes | undefined {
  const flags = args.filter((arg) => arg !== '-').join(' ')
  const plain = /(?:^| )-(?:p|ps|postscript|plain)(?: |$)/.test(flags) &&
    /(?:^| )-r(?: |$)/.test(flags)
  return plain || flags === '-rp' ? hex(input) : undefined
}

function openssl([verb, ...args]: readonly string[], input: Bytes): Bytes | undefined {
  if (verb !== 'base64' && verb !== 'enc') return undefined
  const rest = verb === 'enc' ? args.filter((arg) => arg !== '-base64' && arg !== '-a') : args
  return (verb === 'base64' || rest.length < args.length) && decodes(rest)
    ? base64(input)
    : undefined
}

const byLine = (input: Bytes, turn: (lines: string[]) => string[]): Bytes => {
  const ended = input.endsWith('\n')
  const lines = turn((ended ? input.slice(0, -1) : input).split('\n'))
  return lines.join('\n') + (ended ? '\n' : '')
}

/** `s/literal/literal/` with nothing in it that a pattern would read otherwise. */
function sed(args: readonly string[], input: Bytes): Bytes | undefined {
  const [script, ...others] = args.filter((arg) => arg !== '-e')
  const match = /^s([/|,#@!:])([\w %=+@-]+)\1([\w %=:;,@./-]*)\1(g?)$/.exec(script ?? '')
  if (match === null || others.length > 0) return undefined
  const [, , from = '', to = '', all] = match
  return byLine(
    input,
    (lines) =>
      lines.map((line) =>
        all === 'g' ? line.replaceAll(from, () => to) : line.replace(from, () => to)
      ),
  )
}

const none = (args: readonly string[]) => args.every((arg) => arg === '-')

const FILTERS: Readonly<Record<string, Filter>> = {
  cat: (args, input) => none(args) ? input : undefined,
  tee: (args, input) => args.length === 0 ? input : undefined,
  base64: (args, input) => decodes(args) ? base64(input) : undefined,
  gbase64: (args, input) => decodes(args) ? base64(input) : undefined,
  base32: (args, input) => decodes(args) ? base32(input) : undefined,
  basenc,
  xxd,
  openssl,
  rev: (args, input) =>
    none(args)
      ? byLine(input, (lines) => lines.map((line) => [...line].reverse().join('')))
      : undefined,
  tac: (args, input) => none(args) ? byLine(input, (lines) => lines.reverse()) : undefined,
  tr: translated,
  sed,
}

/** Whether a program turns its standard input into something that can be told. */
export function isFilter(name: string): boolean {
  return Object.hasOwn(FILTERS, name)
}

/** What a filter prints for its input; undefined where nobody can tell without running it. */
export function filtered(
  name: string,
  args: readonly string[],
  input: Bytes,
): Bytes | undefined {
  return isFilter(name) ? FILTERS[name]!(args, input) : undefined
}
