import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { makeCertificate } from '../helpers/certificate.ts'
import { allow, type Bench, build, skipped, withBench } from './bench.ts'

export const TOKEN = 'tok-EN_1~2+3/4='

export interface Seen {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  // deno-lint-ignore no-explicit-any
  readonly body: any
}

export interface Remote {
  readonly url: string
  readonly seen: Seen[]
  readonly state: string
  reply: (response: ServerResponse, nth: number) => void
  /** Write keys/remote.env anew. */
  credential(lines?: Record<string, string>, mode?: number): void
  close(): Promise<void>
}

/** A server over TLS on this machine, with a certificate for 127.0.0.1, and a state directory that knows it. */
export async function remoteServer(
  dir: string,
  reply: Remote['reply'],
): Promise<Remote> {
  if (!makeCertificate(dir)) throw new Error('openssl makes no certificate')
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => readFileSync(join(dir, name)))
  const seen: Seen[] = []
  const open = new Set<Socket>()
  const server = createServer({ key, cert }, (request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => text += part)
    request.on('end', () => {
      seen.push({
        line: `${request.method} ${request.url}`,
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      })
      remote.reply(response, seen.length)
    })
  })
  server.on('connection', (socket: Socket) => open.add(socket.on('error', () => {})))
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const state = join(dir, 'state')
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const remote: Remote = {
    url,
    seen,
    state,
    reply,
    credential(lines = {}, mode = 0o600) {
      const all = {
        RAMPART_URL: url,
        RAMPART_TOKEN: TOKEN,
        RAMPART_CA: join(dir, 'cert.pem'),
        ...lines,
      }
      const text = Object.entries(all).map(([name, value]) => `${name}=${value}\n`).join('')
      mkdirSync(join(state, 'keys'), { recursive: true })
      writeFileSync(join(state, 'keys', 'remote.env'), text)
      chmodSync(join(state, 'keys', 'remote.env'), mode)
    },
    close() {
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  remote.credential()
  return remote
}

const NEEDED = [['curl', '--version'], ['openssl', 'version']] as const
/** Why nothing of this runs here. */
export const NO_REMOTE: string | false = skipped() !== false
  ? skipped()
  : NEEDED.some(([name, word]) => spawnSync(name, [word]).status !== 0) && 'no libcurl or openssl'

export interface Tried {
  readonly made: boolean
  readonly err: string
}

/** One program through one door, with the server on another machine, as far as TLS knows. */
export async function attempt(
  bench: Bench,
  remote: Remote,
  env: Record<string, string> = {},
  door = 'execv',
): Promise<Tried> {
  const marker = join(bench.dir, 'marker')
  rmSync(marker, { force: true })
  const { err } = await bench.run([join(build(), 'probe'), door, marker], {
    RAMPART_URL: remote.url,
    RAMPART_HOME: remote.state,
    ...env,
  })
  return { made: existsSync(marker), err }
}

export async function withRemote(
  work: (bench: Bench, remote: Remote) => Promise<void>,
): Promise<void> {
  await withBench(async (bench) => {
    const remote = await remoteServer(bench.dir, allow)
    try {
      await work(bench, remote)
    } finally {
      await remote.close()
    }
  })
}

export const YES = { allowed: true, decision: 'allow' }
