import { existsSync } from 'node:fs'
import { rename, unlink, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { readSmall } from '../adapters/safe-read.ts'
import { randomHex } from '../adapters/hash.ts'
import { RampartError } from '../errors.ts'
import { places } from './config.ts'

/** What `run/serve.json` says of the server that answers (contract.md). */
export interface ServerFile {
  readonly url: string
  readonly socket: string | null
  readonly pid: number
  readonly started: string
  readonly version: string
  /** It ends with the last wrap of the state directory. */
  readonly for_wraps?: true
}

/** Written whole or not at all, once the server answers. */
export async function writeServerFile(home: string, content: ServerFile): Promise<void> {
  const { server, run } = places(home)
  const draft = join(run, `.serve-${randomHex(6)}`)
  await writeFile(draft, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: 'wx' })
  await rename(draft, server)
}

export async function removeServerFile(home: string): Promise<void> {
  await unlink(places(home).server).catch(() => {})
}

/** The server that says it runs on this state directory, if one does. */
export async function readServerFile(home: string): Promise<ServerFile | undefined> {
  const read = await readSmall(places(home).server, { limit: 1 << 14, followLinks: false })
  if (read.text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(read.text)
    return isServerFile(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isServerFile(value: unknown): value is ServerFile {
  const { url, socket, pid } = (value ?? {}) as Partial<Record<keyof ServerFile, unknown>>
  return typeof url === 'string' && (socket === null || typeof socket === 'string') &&
    typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 1
}

/**
 * One server a state directory. The lock is SQLite's own on a file of its own, so the kernel gives it
 * back however the process ends; no stale lock can be left. Undefined when another process holds it.
 */
export function lockServer(home: string): { release(): void } | undefined {
  const database = new DatabaseSync(join(places(home).run, 'serve.lock'))
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
    return { release: () => database.close() }
  } catch (error) {
    database.close()
    if (/locked|busy/i.test((error as Error).message)) return undefined
    throw new RampartError('state_unusable', `Cannot lock ${home}: ${(error as Error).message}`)
  }
}

/** Whether a server holds this state directory now. */
export function isServed(home: string): boolean {
  if (!existsSync(join(places(home).run, 'serve.lock'))) return false
  const lock = lockServer(home)
  lock?.release()
  return lock === undefined
}
