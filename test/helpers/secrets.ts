import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { knownSecrets } from '../../src/audit/secret-known.ts'
import type { Json } from '../../src/engine/types.ts'

const LETTERS: Readonly<Record<string, string>> = {
  alnum: 'Kq7Zt2mXb9RfWc4LhPv6YsNd3JgTk8Qa5EuB',
  upper: 'QK7ZT2MXB9RFWC4LHPV6YSND3JGTK8A5EU',
  digit: '7294618350',
  hex: '9f3c07b1e5a8d246',
  base64: 'Kq7Zt2mXb9/RfWc4LhPv6YsN+d3JgTk8Qa5EuB',
}

/** `{alnum:36}` as that many characters: no file holds what looks like a secret. */
export function spelledOut(text: string): string {
  return text.replace(
    /\{(alnum|upper|digit|hex|base64):(\d+)\}/g,
    (_, kind: string, count: string) => LETTERS[kind]!.repeat(8).slice(0, Number(count)),
  )
}

/** All texts of a value, changed. */
export function mapTexts(json: Json, change: (text: string) => string): Json {
  if (typeof json === 'string') return change(json)
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map((item) => mapTexts(item as Json, change))
  return Object.fromEntries(
    Object.entries(json).map(([key, item]) => [change(key), mapTexts(item, change)]),
  )
}

const Entry = z.strictObject({
  rule: z.string(),
  hidden: z.array(z.unknown()).min(1),
  shown: z.array(z.unknown()).min(1),
})

export interface SecretCase {
  readonly rule: string
  readonly hidden: readonly Json[]
  readonly shown: readonly Json[]
}

/** The table of fixtures, each text a command. */
export function secretCases(): readonly SecretCase[] {
  const url = new URL('../fixtures/audit/secrets.yaml', import.meta.url)
  const request = (value: unknown): Json =>
    mapTexts(typeof value === 'string' ? { command: value } : value as Json, spelledOut)
  return z.array(Entry).parse(parse(readFileSync(url, 'utf8'))).map(({ rule, hidden, shown }) => ({
    rule,
    hidden: hidden.map(request),
    shown: shown.map(request),
  }))
}

const MARKED = /…([^…]+)…/g

/** The request of a fixture, what is to become of it, and the secrets in it. */
export function marked(request: Json): { before: Json; after: Json; secrets: string[] } {
  const secrets: string[] = []
  const before = mapTexts(request, (text) => text.replaceAll('…', ''))
  const after = mapTexts(request, (text) =>
    text.replace(MARKED, (_, secret: string) => {
      secrets.push(secret)
      return `[redacted-${secret.length}]`
    }))
  return { before, after, secrets }
}

/** What the fixtures take for the variables of the server. */
export const KNOWN = knownSecrets({
  MY_SECRET: 'Pa55-of-the-server',
  X_TOKEN: 's3cr/t+of=two',
  DB_PASSWORD: 'postgres',
  A_TOKEN: 'short1',
  B_TOKEN: '/run/secrets/x',
  C_TOKEN: 'rm -rf /tmp',
  HOME: '/home/somebody',
})

/** What costs most to those who go back and look again. */
export const FLOODS: readonly string[] = [
  'The password of a session is kept where nobody else looks, and it ends after a while. ',
  ...[
    'password=',
    'token ',
    'token=token=$',
    '--token ',
    '-u ',
    '-u a',
    '-u a:b ',
    'token=a ',
    ' = ',
  ],
  ...[
    'https://a:',
    'https://',
    'https://a:b@c ',
    'a@',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN ',
  ],
  ...[
    '"',
    "'",
    "token='",
    '"token": ',
    '${',
    '$a',
    '$1',
    '${!',
    '=',
    ': ',
    '" : ',
    '" = ',
    't=',
    '\\',
  ],
  ...[
    'a.',
    '.',
    'Authorization: Bearer ',
    'Bearer ',
    'Basic a1 ',
    '| ',
    '| sh ',
    'sh   ',
    '\\"',
    'A: b\n',
  ],
  ...[
    'sk-',
    'eyJ',
    'eyJ.',
    'ghp_',
    'AKIA',
    'xoxb-1',
    '8Q~',
    '1:AA',
    'SG.',
    'glpat-.',
    'hooks.slack.com/services/',
  ],
  ...[
    'Cookie: a=b; ',
    'cookie: a;',
    ' -pa',
    'mysql -pa ',
    ';a -p b',
    'docker login -p a ',
    'mysql ',
    ' -',
  ],
  ...[
    'cut ',
    'base64 ',
    '| cut ',
    'source ',
    'eval ',
    'Pa55-of-',
    'Pa55-of-the-serve ',
    'x',
    ' ',
    '\n',
    '\u{1F600}',
  ],
]

const COSTS: Readonly<Record<string, (args: readonly unknown[], length: number) => number>> = {
  charCodeAt: () => 1,
  startsWith: ([what]) => String(what).length,
  slice: ([from, to], length) => {
    const end = Math.min(length, Number(to ?? length))
    return Math.max(0, end - Math.min(length, Number(from)))
  },
}

/** A text that counts how many of its characters are looked at; whatever is not known looks at all. */
export function countedText(whole: string): { readonly text: string; steps(): number } {
  let steps = 0
  const text = new Proxy({}, {
    get(_, key) {
      if (key === 'length') return whole.length
      if (typeof key === 'string' && /^-?\d+$/.test(key)) {
        steps += 1
        return whole[Number(key)]
      }
      return (...args: unknown[]) => {
        steps += COSTS[String(key)]?.(args, whole.length) ?? whole.length
        if (typeof key === 'symbol') return whole
        return (Reflect.get(String.prototype, key) as (...rest: unknown[]) => unknown).apply(
          whole,
          args,
        )
      }
    },
  })
  return { text: text as unknown as string, steps: () => steps }
}
