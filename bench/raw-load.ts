import { connect } from 'node:net'
import type { Subject } from './server.ts'

/** What is asked over its unix socket. */
export type Asked = Pick<Subject, 'socket' | 'token'>

const END = '\r\n\r\n'

/**
 * Keep `connections` connections busy until `calls` calls were answered; calls a second. On the bare
 * socket: `node:http` takes as much of the machine as the server that is measured.
 */
export async function rawRate(
  subject: Asked,
  connections: number,
  calls: number,
  body: string,
): Promise<number> {
  const request = [
    'POST /v1/preflight/exec HTTP/1.1',
    'host: 127.0.0.1',
    `authorization: Bearer ${subject.token}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
  let left = calls
  const from = performance.now()
  await Promise.all(Array.from({ length: connections }, () => {
    const socket = connect(subject.socket)
    return new Promise<void>((resolve, reject) => {
      let text = ''
      function next(): void {
        if (left-- > 0) return void socket.write(request)
        socket.destroy()
        resolve()
      }
      socket.setEncoding('latin1').setNoDelay(true).on('connect', next).on('error', reject)
      socket.on('data', (chunk: string) => {
        text += chunk
        const end = answerEnd(text)
        if (end === undefined) return
        if (text.slice(9, 12) !== '200') return reject(new Error(text.slice(0, 200)))
        text = text.slice(end)
        next()
      })
    })
  }))
  return calls / ((performance.now() - from) / 1000)
}

/** Where the first answer ends, once all of it is there. */
function answerEnd(text: string): number | undefined {
  const head = text.indexOf(END)
  if (head < 0) return undefined
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1]
  const end = length === undefined
    ? text.indexOf(`0${END}`, head) + 5
    : head + END.length + Number(length)
  return end > head && end <= text.length ? end : undefined
}
