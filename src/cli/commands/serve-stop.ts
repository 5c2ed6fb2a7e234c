import process from 'node:process'
import { systemClock } from '../../adapters/clock.ts'
import { RampartError } from '../../errors.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { isServed, readServerFile, removeServerFile } from '../server-file.ts'

/** Long enough for calls in flight and for the trail to be closed. */
const PATIENCE_MS = 20_000

/** Nothing running is what was asked for, so it is no failure. */
export async function run({ environment, out }: Invocation): Promise<number> {
  const { home } = environment
  if (!isServed(home)) {
    await removeServerFile(home)
    if (out.json) out.data({ stopped: false })
    else out.line(safe`No server runs on ${home}`)
    return 0
  }
  // The holder of the lock wrote this file, so the process id is not somebody else's.
  const server = await readServerFile(home)
  if (server === undefined) {
    throw new RampartError('unavailable', `A server is starting on ${home}: try again`)
  }
  process.kill(server.pid, 'SIGTERM')
  await stopped(home, server.pid)
  if (out.json) out.data({ stopped: true, pid: server.pid })
  else out.line(safe`Stopped the server on ${home} (process ${server.pid})`)
  return 0
}

async function stopped(home: string, pid: number): Promise<void> {
  const clock = systemClock()
  const deadline = clock.monotonic() + PATIENCE_MS
  while (isServed(home)) {
    if (clock.monotonic() > deadline) {
      throw new RampartError('unavailable', `Process ${pid} still runs on ${home}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
