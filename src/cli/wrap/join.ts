import type { Invocation } from '../command.ts'
import type { Config } from '../config.ts'
import { makeWrapDirectory, removeWrapDirectory } from './directory.ts'
import { oneAtATime } from './lock.ts'
import { endUnused, type Found, serverFor } from './server.ts'

/** Our directory first, so that no other wrap ends the server that we find. */
export async function joined(
  invocation: Invocation,
  config: Config,
): Promise<{ readonly dir: string; readonly server: Found }> {
  const { home } = invocation.environment
  const dir = makeWrapDirectory(home)
  try {
    return { dir, server: await serverFor(invocation, config) }
  } catch (error) {
    removeWrapDirectory(dir)
    throw error
  }
}

/** Run something beside a server, which ends with the last that needs it where it was started for that. */
export async function besideServer<T>(
  invocation: Invocation,
  config: Config,
  body: (server: Found) => Promise<T>,
): Promise<T> {
  const { home } = invocation.environment
  const { dir, server } = await oneAtATime(home, () => joined(invocation, config))
  try {
    return await body(server)
  } finally {
    await oneAtATime(home, async () => {
      removeWrapDirectory(dir)
      await endUnused(home)
    })
  }
}
