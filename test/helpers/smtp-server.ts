import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTls } from 'node:tls'

export interface SmtpOptions {
  readonly tls?: { readonly key: string; readonly cert: string } | undefined
  /** TLS from the first byte. */
  readonly isSecure?: boolean
  /** Features said to EHLO, beside STARTTLS. */
  readonly features?: readonly string[]
  /** An own answer to a command, by its text; undefined for the usual one, null for none ever. */
  readonly answer?: (command: string, overTls: boolean) => string | null | undefined
}

export interface Received {
  readonly from: string
  readonly to: readonly string[]
  /** The message as it was before dots were doubled. */
  readonly text: string
  readonly overTls: boolean
  readonly login: string | undefined
}

export interface SmtpServer {
  readonly port: number
  readonly received: Received[]
  /** Every command, in order. */
  readonly commands: string[]
  close(): Promise<void>
}

/** A mail server for tests: RFC 5321 as strict as a real one about line ends, order and dots. */
export async function smtpServer(options: SmtpOptions = {}): Promise<SmtpServer> {
  const { tls, isSecure = false } = options
  const received: Received[] = []
  const commands: string[] = []
  const open = new Set<Socket>()
  const serve = (socket: Socket, overTls: boolean, upgrade: (plain: Socket) => void) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
    converse(socket, overTls, options, { received, commands, upgrade })
  }
  // After STARTTLS bytes go on to a listener that speaks TLS: no runtime has to turn a socket round.
  const secure = tls === undefined
    ? undefined
    : createTls(tls, (socket) => serve(socket, true, () => {}))
  const securePort = secure === undefined ? 0 : await listening(secure)
  const upgrade = (plain: Socket) => {
    const inner = connect(securePort, '127.0.0.1')
    inner.on('error', () => plain.destroy())
    plain.on('close', () => inner.destroy())
    inner.on('close', () => plain.destroy())
    plain.pipe(inner).pipe(plain)
  }
  const server = createServer((socket) => serve(socket, false, upgrade))
  const port = isSecure ? securePort : await listening(server)
  return {
    port,
    received,
    commands,
    async close() {
      for (const socket of open) socket.destroy()
      await Promise.all(
        [server, secure].map((one) =>
          one?.listening ? new Promise((resolve) => one.close(resolve)) : undefined
        ),
      )
    },
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  server.unref()
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

interface Shared {
  readonly received: Received[]
  readonly commands: string[]
  readonly upgrade: (plain: Socket) => void
}

function converse(socket: Socket, overTls: boolean, options: SmtpOptions, shared: Shared): void {
  const { received, commands, upgrade } = shared
  const features = options.features ?? []
  let buffer = ''
  let mail: { from: string; to: string[] } = { from: '', to: [] }
  let login: string | undefined
  let inData = false
  const say = (text: string) => void socket.write(`${text}\r\n`)
  const onData = (chunk: Uint8Array) => {
    buffer += String(chunk)
    for (;;) {
      const end = inData ? buffer.indexOf('\r\n.\r\n') : buffer.indexOf('\r\n')
      if (end < 0) return
      const piece = buffer.slice(0, end)
      buffer = buffer.slice(end + (inData ? 5 : 2))
      if (inData) taken(piece)
      else if (heard(piece)) return
    }
  }
  function taken(piece: string): void {
    inData = false
    const text = `${piece}\r\n`
    if (/(?:^|[^\r])\n|\r(?!\n)/.test(text)) return say('550 bare line end')
    received.push({ ...mail, text: text.replaceAll(/^\./gm, ''), overTls, login })
    mail = { from: '', to: [] }
    say('250 taken')
  }
  /** True where the socket is somebody else's from here on. */
  function heard(command: string): boolean {
    commands.push(command)
    const own = options.answer?.(command, overTls)
    if (own === null) return false
    if (own !== undefined) {
      say(own)
      return false
    }
    const [, from] = /^MAIL FROM:<([^>]*)>$/.exec(command) ?? []
    const [, to] = /^RCPT TO:<([^>]*)>$/.exec(command) ?? []
    const [, plain] = /^AUTH PLAIN (\S+)$/.exec(command) ?? []
    if (command.startsWith('EHLO ')) {
      const offered = [...(options.tls && !overTls ? ['STARTTLS'] : []), ...features]
      for (const feature of ['mail.test', ...offered]) socket.write(`250-${feature}\r\n`)
      say('250 HELP')
    } else if (command === 'STARTTLS' && options.tls && !overTls) {
      socket.off('data', onData)
      say('220 go on')
      upgrade(socket)
      return true
    } else if (plain !== undefined) {
      login = atob(plain).split('\0').slice(1).join(':')
      say(login === 'me:secret' ? '235 welcome' : '535 no')
    } else if (from !== undefined) {
      mail = { from, to: [] }
      say('250 ok')
    } else if (to !== undefined && mail.from !== '') {
      mail.to.push(to)
      say('250 ok')
    } else if (command === 'DATA' && mail.to.length > 0) {
      inData = true
      say('354 go on')
    } else if (command === 'QUIT') {
      say('221 bye')
      socket.end()
    } else say('503 what')
    return false
  }
  socket.on('data', onData)
  if (!overTls || options.isSecure) say('220 mail.test')
}
