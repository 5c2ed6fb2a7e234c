import { type Dirent, lstatSync, readdirSync } from 'node:fs'
import { link, mkdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { RampartError } from '../errors.ts'
import { type FileOps, nodeFileOps } from './audit-ops.ts'
import { trailFile } from './audit-files.ts'
import { unpackedName } from './audit-gzip.ts'
import { messageOf } from './database-wal.ts'
import { codeOf } from './safe-read.ts'
import { isDerived, isSecret, isStatePath } from './state-archive-paths.ts'
import type { Manifest } from './state-archive-read.ts'
import { type Source, writeArchive } from './state-archive-write.ts'

export interface BackupOptions {
  readonly home: string
  /** Where the trail is, in the state directory or elsewhere. */
  readonly auditDir: string
  readonly out: string
  /** Keys and the admin token too. */
  readonly secrets: boolean
  readonly created: string
  readonly version: string
  readonly ops?: FileOps | undefined
}

export interface BackedUp {
  readonly manifest: Manifest
  readonly bytes: number
  /** What stands in the state directory and is no file that a backup takes. */
  readonly skipped: readonly string[]
}

/**
 * Copy a state directory into one file, 0600, that must not be there yet; a server may be running. The
 * database is copied before the trail and the anchors before the events, so that nothing in the archive
 * speaks of an event that is not in it. Rejects with `state_unusable`; then there is no file. Whoever calls
 * it holds the lock of retention: nothing is pruned or packed meanwhile, and no second backup runs.
 */
export async function backUp(options: BackupOptions): Promise<BackedUp> {
  const { home, out, secrets, created, version, ops = nodeFileOps } = options
  const draft = join(dirname(out), `.${basename(out)}.part`)
  const work = join(home, '.backup')
  try {
    await clear(work, draft)
    await mkdir(work, { mode: 0o700 })
    const database = copyDatabase(home, work)
    const { sources, skipped } = collect(options, database)
    const file = await ops.open(draft, 'create')
    let manifest: Manifest
    let bytes: number
    try {
      manifest = await writeArchive(file, sources, { created, version, secrets })
      await file.datasync()
      bytes = (await file.stat()).size
    } finally {
      await file.close()
    }
    // Never over a file that is there, and under its name only when it is whole.
    await link(draft, out)
    await ops.syncDirectory(dirname(resolve(out)))
    return { manifest, bytes, skipped }
  } catch (error) {
    return fail(codeOf(error) === 'EEXIST' ? out : home, error)
  } finally {
    await clear(work, draft).catch(() => {})
  }
}

/** What this backup made on its way, or one that was killed. */
async function clear(work: string, draft: string): Promise<void> {
  await rm(draft, { force: true })
  await rm(work, { recursive: true, force: true })
}

function fail(what: string, error: unknown): never {
  if (error instanceof RampartError) throw error
  const why = codeOf(error) === 'EEXIST' ? 'it is there already' : messageOf(error)
  throw new RampartError('state_unusable', `No backup was made: ${what}: ${why}`, { cause: error })
}

/** One moment of the database, whoever writes to it meanwhile. */
function copyDatabase(home: string, work: string): string | undefined {
  const path = join(home, 'rampart.db')
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined
  const copy = join(work, 'rampart.db')
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF')
    database.prepare('VACUUM INTO ?').run(copy)
  } finally {
    database.close()
  }
  return copy
}

function collect(
  { home, auditDir, secrets }: BackupOptions,
  database: string | undefined,
): { readonly sources: readonly Source[]; readonly skipped: readonly string[] } {
  const all = [
    ...own(home, ['config.yaml', 'token']),
    ...inside(join(home, 'policies'), 'policies'),
    ...inside(join(home, 'bundles'), 'bundles'),
    ...inside(join(home, 'keys'), 'keys'),
    ...own(join(home, 'node'), ['node.json', 'node.pem'], 'node/'),
    ...copies(join(home, 'fleet')),
    ...(database === undefined ? [] : [sourceOf('rampart.db', database)]),
    ...own(join(auditDir, '.private'), ['redaction.key'], 'audit/.private/'),
    ...inside(join(auditDir, '.private', 'sinks'), 'audit/.private/sinks'),
    ...inside(auditDir, 'audit').sort(byOrder),
  ]
  const wanted = all.filter(({ path }) => !isDerived(path) || path === 'rampart.db')
    .filter(({ path }) => secrets || !isSecret(path))
  return {
    sources: wanted.filter(({ path }) => isStatePath(path)),
    skipped: wanted.filter(({ path }) => !isStatePath(path)).map(({ path }) => path),
  }
}

function sourceOf(path: string, from: string): Source {
  return {
    path,
    from,
    followLinks: path.startsWith('policies/') || path === 'config.yaml',
    isAppended: /^(?:audit|fleet)\//.test(path) && path.endsWith('.jsonl'),
  }
}

function own(dir: string, names: readonly string[], prefix = ''): Source[] {
  return names.filter((name) => lstatSync(join(dir, name), { throwIfNoEntry: false }))
    .map((name) => sourceOf(prefix + name, join(dir, name)))
}

/** Of nodes' trails, and the key by which nodes know us. */
function copies(fleet: string): Source[] {
  const ids = readdirIn(fleet).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort()
  return [
    ...own(fleet, ['upstream.pem'], 'fleet/'),
    ...ids.flatMap((id) => inside(join(fleet, id), `fleet/${id}`).sort(byOrder)),
  ]
}

/** The files of a directory in order; a directory that is not there holds none. */
function inside(dir: string, path: string): Source[] {
  return readdirIn(dir)
    .filter((entry) => entry.isFile() || entry.isSymbolicLink() && path === 'policies')
    .map(({ name }) => sourceOf(`${path}/${name}`, join(dir, name)))
    .sort((a, b) => a.path < b.path ? -1 : 1)
}

function readdirIn(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

/** What speaks of events before the events, and those in the order of their days. */
function byOrder(a: Source, b: Source): number {
  const [one, other] = [a, b].map(({ path }) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    return trailFile(unpackedName(name) ?? name)
  })
  if (one === undefined || other === undefined) {
    return one === other ? 0 : one === undefined ? -1 : 1
  }
  return one.date < other.date ? -1 : one.date > other.date ? 1 : one.part - other.part
}
