import { lstatSync, readFileSync, rmSync } from 'node:fs'
import process from 'node:process'
import { type PostgresPlace, postgresPlace, withoutPassword } from '../adapters/postgres-place.ts'
import type { Shared } from '../adapters/postgres.ts'
import { replaceFile } from '../adapters/replace-file.ts'
import { readSmall } from '../adapters/safe-read.ts'
import { RampartError } from '../errors.ts'
import type { Clock, Log } from '../ports.ts'
import { type Config, type Environment, places } from './config.ts'

export interface StoreAccess {
  readonly place: PostgresPlace
  readonly password: string | undefined
}

/**
 * Where state is shared, and the password: of the file that is named, of `keys/store.password`, of the URL, of
 * `PGPASSWORD`. Undefined where it is not shared.
 *
 * @throws RampartError `config_invalid` for a password on the command line, which `ps` shows to everybody, or in
 * a file that others can read
 */
export async function accessTo(
  environment: Environment,
  { values, origins }: Config,
): Promise<StoreAccess | undefined> {
  if (values.store === undefined) return undefined
  const { url, password: inUrl } = withoutPassword(values.store)
  if (inUrl !== undefined && origins.store.from === 'flag') {
    throw invalid('--store holds a password, and everybody sees it in `ps`: use a file')
  }
  const place = postgresPlace(url, { weakTls: values.store_weak_tls })
  const named = values.store_password_file
  const inFile = named === undefined
    ? await passwordIn(places(environment.home).storePassword, 'if there')
    : await passwordIn(named)
  const password = inFile ?? inUrl ?? environment.variable('PGPASSWORD')
  return { place, password }
}

async function passwordIn(path: string, how?: 'if there'): Promise<string | undefined> {
  const read = await readSmall(path, { limit: 4096, followLinks: false })
  if (read.text === undefined) {
    if (how === 'if there' && read.code === 'ENOENT') return undefined
    throw invalid(`cannot read the password in ${path}: ${read.detail}`)
  }
  if (process.getuid !== undefined && (lstatSync(path).mode & 0o077) !== 0) {
    throw invalid(`others can read the password in ${path}: chmod 600`)
  }
  return read.text.replace(/\r?\n$/, '')
}

/** The state that is shared, opened; undefined where it is not. The driver is loaded only then. */
export async function openStore(
  environment: Environment,
  config: Config,
  ports: { readonly clock: Clock; readonly log: Log },
): Promise<Shared | undefined> {
  const access = await accessTo(environment, config)
  if (access === undefined) return undefined
  const { openShared } = await import('../adapters/postgres.ts')
  return await openShared({ ...access, ...ports, tenant: config.values.store_tenant })
}

/**
 * Note where the state of this directory is, or that it is here again: a process that decides beside the
 * server must know that its own database is not asked.
 */
export async function noteStore(home: string, shared: Shared | undefined): Promise<void> {
  const { store } = places(home)
  if (shared === undefined) rmSync(store, { force: true })
  else await replaceFile(store, `${shared.db.place.shown}\n`)
}

/** Where the state of this directory was when a server last ran, if that is not here. */
export function notedStore(home: string): string | undefined {
  try {
    return readFileSync(places(home).store, 'utf8').trim()
  } catch {
    return undefined
  }
}

function invalid(why: string): RampartError {
  return new RampartError('config_invalid', `store: ${why}`)
}
