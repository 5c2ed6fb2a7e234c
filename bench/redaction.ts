import { redact } from '../src/audit/redact.ts'
import type { Json } from '../src/engine/types.ts'
import { type Section, table } from './common.ts'

const MIB = 1 << 20
const ROUNDS = 12

/** What an ordinary call looks like. */
const CALLS: readonly Json[] = [
  { params: { command: 'git status' }, cwd: '/home/me/project' },
  {
    params: {
      command: 'npm ci && npm test -- --run src/audit/redact.test.ts',
      description: 'Run the tests of one file',
      timeout: 120_000,
    },
    cwd: '/home/me/project',
  },
]

const PROSE =
  'The password of a session is kept where nobody else looks, and it ends after a while. '

const TEXTS: Readonly<Record<string, string>> = {
  prose: PROSE,
  'source code': "const x = await fetch(url, { headers: { 'X-A': value } }) // note: see docs\n",
  JSON: '{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","name":"a","items":[1,2,3],"ok":true},',
  base64: 'TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5IGhpcyByZWFzb24/YnV0+',
}

/** Much that could begin a secret and does not. */
const HOSTILE: readonly string[] = [
  ...['=', '"', "'", '\\', ':', '-', '_', '.', '$', ' ', '\n', 't=', ': ', ' -', 'a.', '=" '],
  ...['sk-', 'eyJ', 'eyJ.', 'ghp_', 'AKIA', 'https://', 'Bearer ', 'token=', '-----BEGIN '],
]

/** Nothing but secrets, which no request is. */
const DENSE: readonly string[] = ['token=a ', 'curl -u a:b ', 'Cookie: a=b; ', 'https://a:b@c ']

/** What it takes to find and hide the secrets of an event, without digests. */
export function benchRedaction(): Section {
  const calls = CALLS.map((call) => perCall(call))
  const texts = Object.entries(TEXTS).map(([name, text]) => ({ name, took: perMib(text) }))
  const hostile = worst(HOSTILE)
  const dense = worst(DENSE)
  const markdown = table(['what', 'takes', 'made of'], [
    ...calls.map((took, i) => [
      'an ordinary call',
      `${took.toFixed(2)} µs`,
      `${JSON.stringify(CALLS[i]).length} characters`,
    ]),
    ...texts.map(({ name, took }) => [`1 MiB of ${name}`, `${took.toFixed(1)} ms`, '']),
    ['the worst 1 MiB of beginnings', `${hostile.took.toFixed(1)} ms`, shown(hostile.text)],
    ['the worst 1 MiB of secrets', `${dense.took.toFixed(1)} ms`, shown(dense.text)],
  ])
  return {
    markdown,
    figures: {
      'redact.call': Math.max(...calls),
      'redact.text': Math.max(...texts.map(({ took }) => took)),
      'redact.hostile': hostile.took,
      'redact.dense': dense.took,
    },
  }
}

function shown(text: string): string {
  return `\`${JSON.stringify(text).slice(1, -1)}\``
}

function worst(texts: readonly string[]): { readonly text: string; readonly took: number } {
  return texts.map((text) => ({ text, took: perMib(text) })).reduce((a, b) =>
    a.took > b.took ? a : b
  )
}

/** The quickest of several rounds: others use the machine too. */
function perMib(piece: string): number {
  // Parsed, as a request's texts are: not put together from pieces.
  const text = JSON.parse(JSON.stringify(piece.repeat(Math.ceil(MIB / piece.length)))) as string
  return least(() => redact({ text })) * 1000
}

function perCall(call: Json): number {
  const count = 50_000
  return least(() => {
    for (let i = 0; i < count; i++) redact(call)
  }) / count * 1e6
}

/** Seconds. */
function least(run: () => void): number {
  let best = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    run()
    best = Math.min(best, performance.now() - started)
  }
  return best / 1000
}
