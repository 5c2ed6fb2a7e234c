import assert from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openDatabase } from '../../src/adapters/database.ts'
import { sqliteApprovals } from '../../src/adapters/approvals.ts'
import { schemaDigest, schemaOf } from '../../src/adapters/database-schema.ts'
import { MIGRATIONS, SCHEMA_DIGEST, SCHEMA_VERSION } from '../../src/adapters/migrations.ts'
import { ownerOf } from '../../src/approval/approval.ts'
import { RampartError } from '../../src/errors.ts'
import { approval } from './contracts/approvals.ts'

function inDirectory(work: (dir: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-db-'))
  try {
    work(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function refuses(path: string, pattern: RegExp): void {
  assert.throws(() => openDatabase(path), (error: unknown) => {
    assert.ok(error instanceof RampartError)
    assert.equal(error.code, 'state_unusable')
    assert.match(error.message, pattern)
    assert.ok(error.message.includes(path), error.message)
    return true
  })
}

function tamper(path: string, sql: string): void {
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
}

test('a new state database is 0600 whatever the umask, and opens again', () => {
  inDirectory((dir) => {
    const path = join(dir, 'rampart.db')
    const umask = process.umask(0)
    try {
      openDatabase(path).close()
    } finally {
      process.umask(umask)
    }
    assert.equal(statSync(path).mode & 0o777, 0o600)
    const db = openDatabase(path)
    assert.equal(db.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal')
    assert.equal(db.prepare('PRAGMA trusted_schema').get()?.['trusted_schema'], 0)
    assert.equal(statSync(`${path}-wal`).mode & 0o777, 0o600)
    db.close()
  })
})

test('an older executable refuses a newer state by name', () => {
  inDirectory((dir) => {
    const path = join(dir, 'rampart.db')
    openDatabase(path).close()
    tamper(path, `PRAGMA user_version = ${SCHEMA_VERSION + 6}`)
    refuses(
      path,
      new RegExp(`version ${SCHEMA_VERSION + 6}, this executable knows ${SCHEMA_VERSION}`),
    )
  })
})

const FOREIGN: Readonly<Record<string, string>> = {
  'a trigger':
    'CREATE TRIGGER t AFTER INSERT ON approvals BEGIN UPDATE approvals SET status = 1; END',
  'a view': 'CREATE VIEW v AS SELECT 1',
  'a table of somebody else': 'CREATE TABLE other (a)',
  'a changed table': 'ALTER TABLE tokens ADD COLUMN extra TEXT',
  'a missing index': 'DROP INDEX approvals_by_digest',
}

for (const [what, sql] of Object.entries(FOREIGN)) {
  test(`F25 a state database with ${what} is refused`, () => {
    inDirectory((dir) => {
      const path = join(dir, 'rampart.db')
      openDatabase(path).close()
      tamper(path, sql)
      refuses(path, /in its schema/)
    })
  })
}

test('F25 a trigger planted in a database that is not ours yet is refused', () => {
  inDirectory((dir) => {
    const path = join(dir, 'rampart.db')
    tamper(path, 'CREATE TABLE x (a); CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END')
    refuses(path, /not ours/)
  })
})

test('F25 a state database behind a link of either kind is refused', () => {
  inDirectory((dir) => {
    const real = join(dir, 'real.db')
    openDatabase(real).close()
    symlinkSync(real, join(dir, 'soft.db'))
    refuses(join(dir, 'soft.db'), /symbolic link/)
    linkSync(real, join(dir, 'hard.db'))
    refuses(join(dir, 'hard.db'), /hard link/)
    symlinkSync('/dev/null', join(dir, 'new.db-wal'))
    assert.throws(() => openDatabase(join(dir, 'new.db')), /symbolic link/)
  })
})

test('F25 a state database that others could write is closed to them', () => {
  inDirectory((dir) => {
    const path = join(dir, 'rampart.db')
    openDatabase(path).close()
    chmodSync(path, 0o666)
    openDatabase(path).close()
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })
})

test('what is no database, and a place that is not there, are refused by name', () => {
  inDirectory((dir) => {
    const junk = join(dir, 'junk.db')
    writeFileSync(junk, 'this is not a database, and long enough to be looked at'.repeat(99))
    refuses(junk, /not a database/)
    refuses(join(dir, 'missing', 'rampart.db'), /ENOENT/)
    refuses(dir, /not a regular file/)
  })
})

test('F25 a state database of another account is refused', (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can give a file away')
  inDirectory((dir) => {
    const path = join(dir, 'rampart.db')
    openDatabase(path).close()
    chownSync(path, 12345, 12345)
    refuses(path, /belongs to uid 12345/)
  })
})

test('approvals of an older schema are counted, found when they lapse, and answered', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-db-'))
  try {
    const path = join(dir, 'rampart.db')
    const old = new DatabaseSync(path)
    old.exec(`${MIGRATIONS[0]}; PRAGMA user_version = 1`)
    const row = approval('one', { agent: 'é"a', expiresAt: 2000 })
    const insert = old.prepare('INSERT INTO approvals VALUES (?, ?, ?, ?, ?, ?)')
    insert.run('one', 'pending', row.digest, row.principal, row.createdAt, JSON.stringify(row))
    insert.run('bad', 'pending', 'd', 'p', 1, '{')
    old.close()
    chmodSync(path, 0o600)
    const db = openDatabase(path)
    const store = sqliteApprovals(db)
    assert.equal(await store.pendingCount({ owner: ownerOf(row) }), 1)
    assert.deepEqual((await store.lapsed(2000, 9)).map(({ id }) => id), ['one'])
    assert.equal(await store.swap('pending', { ...row, status: 'denied' }), true)
    db.close()
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

test('F25 the digest by which a schema is known at once is that of all migrations', () => {
  assert.equal(schemaDigest(schemaOf(SCHEMA_VERSION)), SCHEMA_DIGEST)
  assert.notEqual(schemaDigest(schemaOf(SCHEMA_VERSION - 1)), SCHEMA_DIGEST)
})
