import { DatabaseSync } from 'node:sqlite'
import { RampartError } from '../errors.ts'
import { inTransaction } from './database-wal.ts'
import { sha256Hex } from './hash.ts'
import { MIGRATIONS, SCHEMA_DIGEST, SCHEMA_VERSION } from './migrations.ts'

/**
 * Bring a database to the version of this executable. One from a newer executable is refused by name,
 * and so is one that holds anything but our tables: a trigger or a view decides behind our back (F25).
 */
export function migrate(db: DatabaseSync, path: string): void {
  const found = versionOf(db)
  if (found > SCHEMA_VERSION) throw newer(path, found)
  if (found < SCHEMA_VERSION) upgrade(db, path)
  checkSchema(db, path)
}

function upgrade(db: DatabaseSync, path: string): void {
  inTransaction(db, () => {
    // Another process may have been here between the look and the lock.
    const from = versionOf(db)
    if (from > SCHEMA_VERSION) throw newer(path, from)
    if (from === 0) expectSchema(db, path, 0)
    for (const step of MIGRATIONS.slice(from)) db.exec(step)
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
  })
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
}

function newer(path: string, found: number): RampartError {
  return new RampartError(
    'state_unusable',
    `Cannot use ${path}: its schema has version ${found}, this executable knows ${SCHEMA_VERSION}. ` +
      'Use the newer rampart that wrote it',
  )
}

function checkSchema(db: DatabaseSync, path: string): void {
  // To make the schema that is wanted takes longer than all else that opening does.
  if (schemaDigest(objectsOf(db)) === SCHEMA_DIGEST) return
  expectSchema(db, path, SCHEMA_VERSION)
}

/** Nothing but what the first `version` steps make may stand in the schema. */
function expectSchema(db: DatabaseSync, path: string, version: number): void {
  const wanted = schemaOf(version)
  const found = objectsOf(db)
  for (const [name, text] of found) {
    if (wanted.get(name) === text) continue
    const what = wanted.has(name) ? 'was changed' : 'is not ours'
    throw new RampartError('state_unusable', `Cannot use ${path}: ${name} in its schema ${what}`)
  }
  for (const name of wanted.keys()) {
    if (found.has(name)) continue
    throw new RampartError('state_unusable', `Cannot use ${path}: ${name} is missing in its schema`)
  }
}

/** SHA-256 over a schema, whatever order its objects come in. */
export function schemaDigest(objects: ReadonlyMap<string, string>): string {
  return sha256Hex(JSON.stringify([...objects].sort(([a], [b]) => a < b ? -1 : 1)))
}

/** Every object that the first `version` steps make. */
export function schemaOf(version: number): Map<string, string> {
  const db = new DatabaseSync(':memory:')
  try {
    for (const step of MIGRATIONS.slice(0, version)) db.exec(step)
    return objectsOf(db)
  } finally {
    db.close()
  }
}

/** `type name` and its definition; SQLite's own statistics tables say nothing. */
function objectsOf(db: DatabaseSync): Map<string, string> {
  const rows = db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema').all()
  const objects = new Map<string, string>()
  for (const row of rows) {
    if (row['type'] === 'table' && /^sqlite_stat\d$/.test(String(row['name']))) continue
    objects.set(`${row['type']} ${row['name']}`, `${row['tbl_name']}\n${row['sql'] ?? ''}`)
  }
  return objects
}
