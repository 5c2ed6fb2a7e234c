import { Buffer } from 'node:buffer'
import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Letter } from '../notify/email.ts'
import { DeliveryError } from './delivery-error.ts'
import { SmtpLine } from './smtp-line.ts'
import { wordsOf } from './sink-syslog.ts'

export interface MailServer {
  /** What its certificate has to name. */
  readonly host: string
  /** Where it was found: nobody looks it up again. */
  readonly address: string
  readonly port: number
  /** TLS from the first byte. */
  readonly isSecure: boolean
  /** Whether a letter may go there without TLS where it offers none. A password never does. */
  readonly mayBePlain: boolean
  readonly login?: { readonly username: string; readonly password: string } | undefined
  readonly ca?: string | undefined
  readonly signal: AbortSignal
}

/**
 * Hand a letter to a mail server (RFC 5321), with STARTTLS and AUTH where it has them. Rejects with a
 * `DeliveryError`, final where the server refused for good.
 */
export async function sendMail(server: MailServer, letter: Letter): Promise<void> {
  let line: SmtpLine | undefined
  const abort = () => line?.destroy(server.signal.reason)
  server.signal.addEventListener('abort', abort, { once: true })
  try {
    server.signal.throwIfAborted()
    line = new SmtpLine(await opened(server))
    await line.expect(220)
    await line.hello()
    if (wantsTls(line, server)) {
      line = await secured(line, server)
      await line.hello()
    }
    await logIn(line, server)
    await hand(line, letter)
  } catch (error) {
    throw error instanceof DeliveryError ? error : new DeliveryError(wordsOf(error))
  } finally {
    server.signal.removeEventListener('abort', abort)
    line?.destroy()
  }
}

function opened({ address, port, isSecure, host, ca, signal }: MailServer): Promise<Socket> {
  const socket = isSecure
    ? connectTls({ ...trusted(host, ca), host: address, port })
    : connectPlain({ host: address, port })
  return untilOpen(socket, isSecure ? 'secureConnect' : 'connect', signal)
}

/** Whose certificate counts, and what it has to name. */
function trusted(
  host: string,
  ca: string | undefined,
): { host: string; servername?: string; ca?: string } {
  return { host, ...(isIP(host) ? {} : { servername: host }), ...(ca === undefined ? {} : { ca }) }
}

function untilOpen(socket: Socket, event: string, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const abort = () => socket.destroy(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  socket.once('error', reject)
  socket.once('close', () => reject(new DeliveryError('the connection was closed')))
  socket.once(event, () => {
    socket.removeListener('error', reject)
    resolve(socket)
  })
  return promise.finally(() => signal.removeEventListener('abort', abort))
}

/** Whether TLS is still to begin; without it nothing goes on that needs it. */
function wantsTls(line: SmtpLine, { isSecure, mayBePlain, login }: MailServer): boolean {
  if (isSecure) return false
  if (line.offers('STARTTLS')) return true
  if (mayBePlain && login === undefined) return false
  throw new DeliveryError('the mail server offers no TLS', { isFinal: true })
}

async function secured(line: SmtpLine, server: MailServer): Promise<SmtpLine> {
  await line.command('STARTTLS', 220)
  // What came with the answer came before TLS: somebody else may have said it.
  const plain = line.release()
  const socket = connectTls({ socket: plain, ...trusted(server.host, server.ca) })
  return new SmtpLine(await untilOpen(socket, 'secureConnect', server.signal))
}

async function logIn(line: SmtpLine, { login }: MailServer): Promise<void> {
  if (login === undefined) return
  const { username, password } = login
  if (line.offers('AUTH', 'PLAIN')) {
    await line.command(`AUTH PLAIN ${base64(`\0${username}\0${password}`)}`, 235)
  } else if (line.offers('AUTH', 'LOGIN')) {
    await line.command('AUTH LOGIN', 334)
    await line.command(base64(username), 334)
    await line.command(base64(password), 235)
  } else {
    throw new DeliveryError('the mail server offers no login that is known here', { isFinal: true })
  }
}

/** Who is taken gets it, whoever is refused beside. */
async function hand(line: SmtpLine, { from, to, text }: Letter): Promise<void> {
  await line.command(`MAIL FROM:<${from}>`, 250)
  const refused: DeliveryError[] = []
  for (const one of to) {
    try {
      await line.command(`RCPT TO:<${one}>`, 250, 251)
    } catch (error) {
      if (!(error instanceof DeliveryError) || !error.isFinal) throw error
      refused.push(error)
    }
  }
  if (refused.length === to.length) throw refused[0]!
  await line.command('DATA', 354)
  await line.command(`${text.replaceAll(/^\./gm, '..').replace(/(?:\r\n)?$/, '\r\n')}.`, 250)
  await line.command('QUIT', 221).catch(() => {})
  if (refused.length === 0) return
  const count = `${refused.length} of ${to.length}`
  throw new DeliveryError(`${count} recipients were refused: ${refused[0]!.message}`, {
    isFinal: true,
  })
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
