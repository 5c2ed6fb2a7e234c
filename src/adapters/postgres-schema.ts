import { RampartError } from '../errors.ts'
import { POSTGRES_MIGRATIONS, POSTGRES_VERSION } from './postgres-migrations.ts'
import type { Postgres } from './postgres-pool.ts'

/** Held by one who migrates, so that two who start at the same time do it once. */
const LOCK = 7_209_185

/** What a migration did. */
export interface Migrated {
  readonly from: number
  readonly to: number
}

/**
 * Make the schema `rampart`, or bring it to the version of this executable, in one transaction; `serving` is
 * the role that may then read and write its rows, and no more. Run as the role that shall own it.
 *
 * @throws RampartError `state_unusable` for a newer schema, `unavailable` where the database refuses
 */
export async function migratePostgres(db: Postgres, serving: string): Promise<Migrated> {
  const client = await db.connect()
  try {
    await client.query('BEGIN')
    // Whoever waits for another one's migration waits as long as that takes.
    await client.query('SET LOCAL statement_timeout = 0')
    await client.query('SET LOCAL lock_timeout = 0')
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    await client.query('CREATE SCHEMA IF NOT EXISTS rampart')
    await client.query(
      'CREATE TABLE IF NOT EXISTS rampart.schema_version (version integer NOT NULL)',
    )
    const { rows } = await client.query(
      'SELECT max(version) AS version FROM rampart.schema_version',
    )
    const from = Number(rows[0]?.version ?? 0)
    if (from > POSTGRES_VERSION) throw newer(db, from)
    for (const step of POSTGRES_MIGRATIONS.slice(from)) await client.query(step)
    await client.query('DELETE FROM rampart.schema_version')
    await client.query('INSERT INTO rampart.schema_version VALUES ($1)', [POSTGRES_VERSION])
    const role = client.escapeIdentifier(serving)
    await client.query(`REVOKE ALL ON ALL TABLES IN SCHEMA rampart FROM PUBLIC`)
    await client.query(`GRANT USAGE ON SCHEMA rampart TO ${role}`)
    await client.query(
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA rampart TO ${role}`,
    )
    await client.query(`REVOKE INSERT, UPDATE, DELETE ON rampart.schema_version FROM ${role}`)
    await client.query('COMMIT')
    return { from, to: POSTGRES_VERSION }
  } catch (error) {
    if (error instanceof RampartError) throw error
    const detail = `Cannot migrate ${db.place.shown}: ${(error as Error).message}`
    throw new RampartError('unavailable', detail, { cause: error })
  } finally {
    // Ends the transaction too, where it was not committed.
    await client.end()
  }
}

const LOOK = `SELECT
  to_regclass('rampart.schema_version') IS NOT NULL AS made,
  (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS super,
  coalesce(has_schema_privilege(to_regnamespace('rampart')::oid, 'CREATE'), false) AS creates,
  EXISTS (SELECT FROM pg_class
    WHERE relnamespace = to_regnamespace('rampart') AND pg_has_role(relowner, 'MEMBER')) AS owns,
  (SELECT string_agg(tgname, ', ') FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE relnamespace = to_regnamespace('rampart') AND NOT tgisinternal) AS triggers,
  (SELECT string_agg(rulename, ', ') FROM pg_rules WHERE schemaname = 'rampart') AS rules`

/**
 * Whether this executable may serve from there: a schema of its version, without triggers or rules that would
 * decide behind our back, under a role that cannot change it (security.md F25, F48).
 *
 * @throws RampartError `state_unusable` with what is wrong and what mends it
 */
export async function checkPostgres(db: Postgres): Promise<void> {
  const [found = {}] = await db.rows(LOOK)
  if (found['made'] !== true) {
    throw unusable(
      db,
      'it has no schema of ours. Run `rampart store migrate` as the role that owns it',
    )
  }
  const { user } = db.place
  if (found['super'] === true || found['creates'] === true || found['owns'] === true) {
    throw unusable(
      db,
      `${user} may change its schema. Serve as a role that may not: \`rampart store migrate --serving-role\``,
    )
  }
  const strange = found['triggers'] ?? found['rules']
  if (strange !== null) throw unusable(db, `${strange} in its schema is not ours`)
  const [row] = await db.rows('SELECT max(version) AS version FROM rampart.schema_version')
  const version = Number(row?.['version'] ?? 0)
  if (version > POSTGRES_VERSION) throw newer(db, version)
  if (version < POSTGRES_VERSION) {
    throw unusable(
      db,
      `its schema has version ${version}, this executable needs ${POSTGRES_VERSION}. Run \`rampart store migrate\``,
    )
  }
}

function newer(db: Postgres, found: number): RampartError {
  return unusable(
    db,
    `its schema has version ${found}, this executable knows ${POSTGRES_VERSION}. Use the newer rampart that made it`,
  )
}

function unusable({ place }: Postgres, why: string): RampartError {
  return new RampartError('state_unusable', `Cannot use the store ${place.shown}: ${why}`)
}
