import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { fetchBundle, type FetchOptions } from '../../src/adapters/bundle-source.ts'
import { BUNDLE_BYTES } from '../../src/bundle/archive.ts'
import { withOrigin } from '../helpers/bundle-follow.ts'

const PRIVATE = { allowPrivate: true }

async function refusal(
  url: string,
  { reach = PRIVATE, etag, signal = AbortSignal.timeout(20_000) }: Partial<FetchOptions> = {},
): Promise<string> {
  return await fetchBundle(url, { reach, etag, signal }).then(
    () => '',
    (error: Error) => error.message,
  )
}

/** What a source does, and what comes of it. */
const ANSWERS: readonly (readonly [
  what: string,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  says: RegExp,
])[] = [
  ['an error', (_request, response) => response.writeHead(500).end('no'), /the source answers 500/],
  [
    'nothing there',
    (_request, response) => response.writeHead(404).end(),
    /the source answers 404/,
  ],
  [
    '304 although nothing was known',
    (_request, response) => response.writeHead(304).end(),
    /answers 304/,
  ],
  [
    'compressed',
    (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    /compressed/,
  ],
  [
    'one byte too many',
    (_request, response) => response.writeHead(200).end(new Uint8Array(BUNDLE_BYTES + 1)),
    /too long/,
  ],
  [
    'to another host',
    (_request, response) => response.writeHead(302, { location: 'http://127.0.0.2/x' }).end(),
    /to another host/,
  ],
  [
    'to another port',
    (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/x' }).end(),
    /to another host/,
  ],
  [
    'to a file',
    (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    /to another host/,
  ],
  ['to nowhere', (_request, response) => response.writeHead(302).end(), /one place to the next/],
  [
    'round in circles',
    ({ url }, response) => response.writeHead(307, { location: url! }).end(),
    /one place to the next/,
  ],
  ['cut off', (_request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('x')
    response.destroy()
  }, /./],
]

for (const [what, answer, says] of ANSWERS) {
  test(`a source of bundles is refused: ${what}`, () =>
    withOrigin(answer, async (url) => assert.match(await refusal(`${url}/b.tar`), says)))
}

test('a source of bundles: what is there, by its ETag only once; redirects on the same host are followed', () =>
  withOrigin((request, response) => {
    const { url, headers } = request
    if (url === '/old.tar') response.writeHead(301, { location: '/b.tar' }).end()
    else if (headers['if-none-match'] === '"1"') response.writeHead(304).end()
    else response.writeHead(200, { etag: '"1"' }).end('bytes')
  }, async (url) => {
    const options = { reach: PRIVATE, signal: AbortSignal.timeout(20_000) }
    const first = await fetchBundle(`${url}/old.tar`, options)
    assert.ok(first.kind === 'fetched')
    assert.deepEqual([new TextDecoder().decode(first.bytes), first.etag], ['bytes', '"1"'])
    const again = await fetchBundle(`${url}/b.tar`, { ...options, etag: first.etag })
    assert.equal(again.kind, 'unchanged')
  }))

test('a source of bundles: a private address only where it is allowed, and never longer than its time', () =>
  withOrigin(() => {}, async (url) => {
    assert.match(await refusal(url, { reach: {} }), /not public/)
    const gone = new AbortController()
    const waiting = refusal(url, { signal: gone.signal })
    gone.abort(new Error('enough'))
    assert.match(await waiting, /enough|abort/i)
  }))

test('a source of bundles that is a file: whole, and refused where it is none', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-source-'))
  try {
    const file = join(dir, 'b.tar')
    const url = pathToFileURL(file).href
    assert.match(await refusal(url), /gone/)
    assert.match(await refusal(pathToFileURL(dir).href), /directory/)
    writeFileSync(file, 'bytes')
    const read = await fetchBundle(url, { reach: {}, signal: AbortSignal.timeout(1000) })
    assert.ok(read.kind === 'fetched' && new TextDecoder().decode(read.bytes) === 'bytes')
    writeFileSync(file, new Uint8Array(BUNDLE_BYTES + 1))
    assert.match(await refusal(url), /larger than/)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
