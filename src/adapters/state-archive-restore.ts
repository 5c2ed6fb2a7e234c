import { constants, existsSync, readdirSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, open, readdir, realpath, rename, rm } from 'node:fs/promises'
import { rmdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { RampartError } from '../errors.ts'
import { type FileOps, nodeFileOps, openFile } from './audit-ops.ts'
import { writeAll } from './audit-recover.ts'
import { openDatabase } from './database.ts'
import { messageOf } from './database-wal.ts'
import { codeOf } from './safe-read.ts'
import { isSecret } from './state-archive-paths.ts'
import { type Manifest, readArchive, type Receive } from './state-archive-read.ts'

export interface RestoreOptions {
  readonly home: string
  readonly archive: string
  /** Over a state directory that holds something; that is kept beside it. */
  readonly force: boolean
  /** Now, as part of a name. */
  readonly stamp: string
  /** Asked once the archive is proved and before it takes effect, with where it was unpacked. */
  readonly prepare: (staging: string, manifest: Manifest) => Promise<void>
  readonly ops?: FileOps | undefined
}

export interface Restored {
  readonly manifest: Manifest
  /** Where the state directory is now that was there before. */
  readonly before: string | undefined
}

/** Every check of an archive that needs no room; nothing is written. */
export async function checkArchive(archive: string): Promise<Manifest> {
  const nowhere = { bytes: () => Promise.resolve(), end: () => Promise.resolve() }
  return await reading(archive, () => Promise.resolve(nowhere))
}

/**
 * Put the state directory that an archive holds in its place: unpacked beside it, proved, and then swapped
 * in as a whole. Until that moment nothing of the old one is touched. Keys and token that the archive does
 * not hold stay those of the old one. Whoever calls it made sure that no server runs there.
 */
export async function restoreState(options: RestoreOptions): Promise<Restored> {
  const { archive, force, prepare, ops = nodeFileOps } = options
  const home = await realpath(options.home).catch(() => resolve(options.home))
  const isEmpty = isEmptyDirectory(home)
  if (!isEmpty && !force) {
    const detail = `${home} is not empty. To put the backup in its place, say --force: ` +
      'what is there now is kept beside it'
    throw new RampartError('state_unusable', detail)
  }
  const staging = await unpackBeside(home)
  try {
    const manifest = await reading(archive, into(staging, ops))
    proveDatabase(staging)
    if (!manifest.secrets && !isEmpty) await keepSecrets(home, staging)
    await prepare(staging, manifest)
    await syncAll(staging, ops)
    const before = await swap(staging, home, isEmpty, options)
    return { manifest, before }
  } catch (error) {
    await rm(staging, { recursive: true, force: true }).catch(() => {})
    if (error instanceof RampartError) throw error
    const detail = `Nothing was restored: ${messageOf(error)}`
    throw new RampartError('state_unusable', detail, { cause: error })
  }
}

/** True as well where nothing is there. */
function isEmptyDirectory(path: string): boolean {
  try {
    return readdirSync(path).length === 0
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true
    throw new RampartError('state_unusable', `Cannot use ${path}: ${messageOf(error)}`)
  }
}

async function unpackBeside(home: string): Promise<string> {
  try {
    await mkdir(dirname(home), { recursive: true })
    return await mkdtemp(`${home}.restore-`)
  } catch (error) {
    throw new RampartError('state_unusable', `Cannot unpack beside ${home}: ${messageOf(error)}`)
  }
}

async function reading(archive: string, receive: Receive): Promise<Manifest> {
  const handle = await open(archive, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    .catch((error) => {
      throw new RampartError('not_found', `Cannot read ${archive}: ${codeOf(error)}`)
    })
  const file = openFile(handle)
  try {
    if (!(await handle.stat()).isFile()) {
      throw new RampartError('request_invalid', `${archive} is not a regular file`)
    }
    return await readArchive(file, receive)
  } finally {
    await file.close()
  }
}

/** Files below a directory of ours, each made new: 0700 and 0600. */
function into(staging: string, ops: FileOps): Receive {
  return async (path) => {
    const to = join(staging, path)
    await ops.makeDirectory(dirname(to))
    const file = await ops.open(to, 'create')
    return {
      bytes: (bytes) => writeAll(file, bytes),
      async end() {
        await file.datasync().finally(() => file.close())
      },
    }
  }
}

/** Our schema and nothing beside it (security.md F25); brought to this version. */
function proveDatabase(staging: string): void {
  const path = join(staging, 'rampart.db')
  if (!existsSync(path)) return
  try {
    const database = openDatabase(path)
    try {
      const found = database.prepare('PRAGMA integrity_check').get()?.['integrity_check']
      if (found !== 'ok') throw new Error(String(found))
    } finally {
      database.close()
    }
  } catch (error) {
    const detail = `The archive cannot be restored: its database: ${messageOf(error)}`
    throw new RampartError('request_invalid', detail.replaceAll(path, 'rampart.db'))
  }
}

async function keepSecrets(home: string, staging: string): Promise<void> {
  const keys = await readdir(join(home, 'keys')).catch(() => [])
  const paths = ['token', 'audit/.private/redaction.key', ...keys.map((name) => `keys/${name}`)]
  for (const path of paths.filter(isSecret)) {
    const to = join(staging, path)
    if (!existsSync(join(home, path)) || existsSync(to)) continue
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    // Made first, so that it is never open to others.
    await writeFile(to, '', { mode: 0o600, flag: 'wx' })
    await copyFile(join(home, path), to)
  }
}

async function syncAll(staging: string, ops: FileOps): Promise<void> {
  const entries = await readdir(staging, { withFileTypes: true, recursive: true })
  for (const entry of entries) {
    if (entry.isDirectory()) await ops.syncDirectory(join(entry.parentPath, entry.name))
  }
  await ops.syncDirectory(staging)
}

async function swap(
  staging: string,
  home: string,
  isEmpty: boolean,
  { stamp, ops = nodeFileOps }: RestoreOptions,
): Promise<string | undefined> {
  const before = isEmpty ? undefined : `${home}.before-${stamp}`
  if (before === undefined) await rmdir(home).catch(() => {})
  else await rename(home, before)
  try {
    await ops.rename(staging, home)
  } catch (error) {
    if (before !== undefined) await rename(before, home)
    throw error
  }
  await ops.syncDirectory(dirname(home))
  return before
}
