import { rmSync, writeFileSync } from 'node:fs'
import { createServer as createSocketServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { ALLOW, type Bench, type Ran, textOf, withShim } from './bench.ts'

/** `touch MARK` by bash, and whether it ran. */
export async function attempt(
  { dir, shell }: Bench,
  env?: Record<string, string>,
): Promise<Ran & { ran: boolean }> {
  const mark = join(dir, 'mark')
  rmSync(mark, { force: true })
  const done = await shell('bash', ['-c', `touch ${mark}`], env === undefined ? {} : { env })
  return { ...done, ran: textOf(mark) !== undefined }
}

/** A server that does with each connection what the test wants. */
export async function withRaw(
  onConnection: (socket: Socket) => void,
  body: (bench: Bench, raw: string) => Promise<void>,
): Promise<void> {
  await withShim(() => ALLOW, async (bench) => {
    const raw = join(bench.dir, 'raw')
    const open = new Set<Socket>()
    const server = createSocketServer((socket) => {
      open.add(socket.on('error', () => {}))
      onConnection(socket)
    })
    await new Promise<void>((resolve) => server.listen(raw, resolve))
    try {
      bench.settings({ RAMPART_SOCKET: raw })
      await body(bench, raw)
    } finally {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    }
  })
}

/** An executable that answers `shim decide` with this, and shows what it was given. */
export function executable(dir: string, answer: string, rest = ''): string {
  const path = join(dir, 'rampart')
  const script =
    `#!/bin/sh\nenv >'${dir}/env'; pwd >'${dir}/cwd'; echo "$@" >'${dir}/args'; cat >'${dir}/stdin'\n` +
    `echo '${answer}'\n${rest}\n`
  writeFileSync(path, script, { mode: 0o755 })
  return path
}

/** An answer of HTTP. */
export const http = (status: string, body: string, more = ''): string =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`
export const YES = JSON.stringify(ALLOW)
