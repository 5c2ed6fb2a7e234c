// A bare hono app on the runtime it is started with, by the listeners of our own server: what a call costs that
// is only read and written back. Prints where it listens; ends with its standard input.
import { Hono } from 'hono'
import process from 'node:process'
import { createStderrLog } from '../src/adapters/stderr-log.ts'
import { serve } from '../src/runtime/serve.ts'

const socket = process.argv[2]!
const app = new Hono().post('/v1/preflight/:tool', async (c) => c.json(await c.req.json()))
const running = await serve({
  fetch: (request) => app.fetch(request),
  socket,
  log: createStderrLog({ level: 'error' }),
})
process.stdout.write(`${socket}\n`)
process.stdin.resume().on('end', () => void running.close(0).then(() => process.exit(0)))
