import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type App, createApp } from '../../src/http/app.ts'
import { serve } from '../../src/runtime/serve.ts'
import { checkAnswer } from './described.ts'
import { type FakeApi, fakeApi } from './http.ts'

export interface Live {
  readonly api: FakeApi
  readonly url: string
  readonly port: number
  readonly socket: string
  /** Errors that the server told its log of. */
  readonly logged: readonly string[]
}

/** The answers as they are, each held to the description; one that is not reaches nobody. */
function held(app: App): App['fetch'] {
  return async (request, env) => {
    const { method, url } = request
    const response = await app.fetch(request, env)
    if (!/json$/.test(response.headers.get('content-type') ?? '')) return response
    if (response.headers.get('content-type')?.includes('ndjson')) return response
    const text = await response.clone().text()
    const { status, headers } = response
    checkAnswer(method, URL.canParse(url) ? new URL(url).pathname : '', { status, headers, text })
    return response
  }
}

/** The API on TCP and a socket of this very runtime. */
export async function live(body: (live: Live) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-http-'))
  const api = fakeApi()
  const logged: string[] = []
  const log = { error: (text: string) => void logged.push(text), warn() {}, info() {} }
  const settings = { hosts: [], version: '0.0.0', approvalTimeoutMs: 300_000 }
  const app = createApp(api, { settings, host: '127.0.0.1', log })
  const running = await serve({
    fetch: held(app),
    tcp: { host: '127.0.0.1', port: 0 },
    socket: join(dir, 'r.sock'),
    log,
  })
  try {
    const url = running.url!
    await body({ api, url, port: Number(new URL(url).port), socket: running.socket!, logged })
  } finally {
    await running.close(0)
    rmSync(dir, { recursive: true, force: true })
  }
}
