// Opens streams over raw connections and throws away what comes; says `open` once all have had their hello, and
// what it got when its stdin ends.
import { connect } from 'node:net'
import process from 'node:process'

const [port, token, count] = process.argv.slice(2)
let bytes = 0
const sockets = await Promise.all(
  Array.from(
    { length: Number(count) },
    () =>
      new Promise<ReturnType<typeof connect>>((resolve, reject) => {
        const socket = connect(Number(port), '127.0.0.1')
        socket.on('error', reject)
        socket.once('data', () => resolve(socket))
        socket.on('data', (chunk) => bytes += chunk.length)
        socket.write(
          `GET /v1/events/stream HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n\r\n`,
        )
      }),
  ),
)
process.stdout.write('open\n')
process.stdin.resume().on('end', () => {
  process.stdout.write(`${bytes}\n`)
  for (const socket of sockets) socket.destroy()
})
