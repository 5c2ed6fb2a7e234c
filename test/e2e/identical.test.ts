import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { onlyOn } from '../helpers/runtime.ts'
import { CLI, EXECUTABLE, executable, inHome, ROOT, type Served, startServer } from './server.ts'

const Row = z.strictObject({
  path: z.string(),
  method: z.string().optional(),
  over: z.literal('tcp').optional(),
  token: z.string().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  raw: z.string().optional(),
})
type Row = z.infer<typeof Row>

const fixtures = readFileSync(join(ROOT, 'test/fixtures/http/identical.yaml'), 'utf8')
const ROWS = z.array(Row).min(40).parse(parse(fixtures))
const POLICY = `version: "1"
extends: standard
default_action: allow
policies:
  - name: releases
    match: {tool: exec}
    rules:
      - {action: require_approval, when: {command_matches: ["deploy *"]}, message: A person looks}
`

const modules = join(ROOT, 'node_modules')
const SERVERS: Readonly<Record<string, readonly string[] | undefined>> = {
  node: [join(modules, '.bin', 'node'), CLI],
  bun: [join(modules, '.bin', 'bun'), '--no-env-file', CLI],
  deno: [join(modules, 'deno', 'deno'), 'run', '-A', '--no-check', CLI],
  executable: executable().command,
}

/** What is another one in every run: its place is compared, not its text. */
const OF_THIS_RUN: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, 'ULID'],
  [/\b[0-9a-f]{32}\b|\b[0-9a-f]{64}\b/g, 'HEX'],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'],
  [/\b\d{4}-\d\d-\d\dT\d\d:00:00Z/g, 'HOUR'],
  [/("(?:eval_duration_us|eval_us|uptime_seconds|p50_us|p99_us)":)\d+/g, '$1N'],
  [/\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/g, 'CODE'],
  [/127\.0\.0\.1:\d+/g, 'ADDRESS'],
]

const skip = onlyOn('node', 'all of them are asked there')

test('every runtime and the executable answer the same bytes, over TCP and over the socket', {
  skip,
  timeout: 300_000,
}, async (t) => {
  const seen = new Map<string, readonly string[]>()
  for (const [name, command] of Object.entries(SERVERS)) {
    if (command === undefined) t.diagnostic(`${name}: not built`)
    else seen.set(name, await inHome((home) => answersOf(command, home)))
  }
  const [first, ...others] = [...seen]
  assert.ok(others.length >= 2)
  for (const [name, answers] of others) {
    answers.forEach((answer, i) => assert.equal(answer, first![1][i], `${name}, ${first![0]}`))
  }
})

async function answersOf(command: readonly string[], home: string): Promise<readonly string[]> {
  mkdirSync(join(home, 'policies'), { recursive: true, mode: 0o700 })
  writeFileSync(join(home, 'policies', 'policy.yaml'), POLICY, { mode: 0o600 })
  const served = await startServer(command, home)
  const { port } = new URL(served.url)
  const answers: string[] = []
  for (const row of ROWS) {
    for (const over of row.over === undefined ? ['tcp', 'socket'] as const : ['tcp'] as const) {
      const answer = await send(served, row, over)
      const plain = OF_THIS_RUN.reduce((text, [what, name]) => text.replaceAll(what, name), answer)
      answers.push(
        `${over} ${row.method ?? ''} ${row.path}\n${ofNoPlace(plain, home, port)}`,
      )
    }
  }
  await served.end()
  return answers
}

/** Where this server is and by what it is started: built-in rules name both. */
function ofNoPlace(text: string, home: string, port: string): string {
  return text.replaceAll(home, 'STATE').replaceAll(port, 'PORT').replaceAll(EXECUTABLE, 'PROGRAM')
    .replaceAll(/STATE\/lib\/rampart(?![\w-])/g, 'PROGRAM')
}

/** Status, type and body of an answer as one text. */
function send({ url, socket, token }: Served, row: Row, over: 'tcp' | 'socket'): Promise<string> {
  const { hostname, port } = new URL(url)
  const body = row.raw ?? (row.body === undefined ? undefined : JSON.stringify(row.body))
  const place = over === 'tcp' ? { hostname, port } : { socketPath: socket }
  return new Promise((resolve, reject) => {
    const sent = request({
      ...place,
      path: row.path,
      method: row.method ?? (body === undefined ? 'GET' : 'POST'),
      agent: false,
      headers: {
        ...(over === 'tcp'
          ? { authorization: `Bearer ${row.token ?? token}` }
          : { host: 'rampart' }),
        ...(body === undefined ? {} : {
          'content-type': 'application/json',
          'content-length': String(new TextEncoder().encode(body).length),
        }),
        ...row.headers,
      },
    }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk: string) => text += chunk)
      answer.on(
        'end',
        () => resolve(`${answer.statusCode} ${answer.headers['content-type'] ?? ''}\n${text}`),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
