import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { POSTGRES_VERSION } from '../../src/adapters/postgres-migrations.ts'
import { openPostgres } from '../../src/adapters/postgres-pool.ts'
import { checkPostgres } from '../../src/adapters/postgres-schema.ts'
import { RampartError } from '../../src/errors.ts'
import {
  OWNER,
  SERVING,
  SKIP_POSTGRES,
  startPostgres,
  type TestPostgres,
} from '../helpers/postgres.ts'
import { migrate, placeOf, sharedOf } from './contracts/in-postgres.ts'

const skip = SKIP_POSTGRES
let postgres: TestPostgres

before(async () => {
  if (skip === false) postgres = await startPostgres()
})
after(() => postgres?.close())

const sql = (text: string) => postgres.sql(text, 'rampart')

async function refusal(role: { user: string; password: string } = SERVING): Promise<string> {
  const db = openPostgres(placeOf(postgres, role), role.password)
  try {
    await checkPostgres(db)
    return ''
  } catch (error) {
    assert.ok(error instanceof RampartError && error.code === 'state_unusable', String(error))
    return error.message
  } finally {
    await db.close()
  }
}

test('F48 a server starts on a schema of its version alone, as a role that cannot change it', {
  skip,
}, async () => {
  assert.match(await refusal(), /no schema of ours.*store migrate/)
  // Of several who migrate at once, one does.
  const done = await Promise.all([migrate(postgres), migrate(postgres), migrate(postgres)])
  assert.deepEqual(done.map(({ from }) => from).sort(), [0, POSTGRES_VERSION, POSTGRES_VERSION])
  assert.equal(await refusal(), '')
  assert.match(await refusal(OWNER), /rampart_owner may change its schema/)
  for (
    const [change, back, said] of [
      [
        'UPDATE rampart.schema_version SET version = version + 1',
        'UPDATE rampart.schema_version SET version = version - 1',
        /Use the newer rampart/,
      ],
      [
        'UPDATE rampart.schema_version SET version = 0',
        `UPDATE rampart.schema_version SET version = ${POSTGRES_VERSION}`,
        /has version 0.*Run `rampart store migrate`/,
      ],
      [
        `GRANT CREATE ON SCHEMA rampart TO ${SERVING.user}`,
        `REVOKE CREATE ON SCHEMA rampart FROM ${SERVING.user}`,
        /may change its schema/,
      ],
      [
        `GRANT ${OWNER.user} TO ${SERVING.user}`,
        `REVOKE ${OWNER.user} FROM ${SERVING.user}`,
        /may change its schema/,
      ],
    ] as const
  ) {
    sql(change)
    assert.match(await refusal(), said)
    sql(back)
    assert.equal(await refusal(), '')
  }
})

test('F25 a trigger or a rule in the schema would decide behind our back: refused by name', {
  skip,
}, async () => {
  await migrate(postgres)
  sql(`CREATE FUNCTION rampart.yes() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN NEW.status := 'approved'; RETURN NEW; END $$;
    CREATE TRIGGER approve_all BEFORE INSERT ON rampart.approvals
    FOR EACH ROW EXECUTE FUNCTION rampart.yes()`)
  assert.match(await refusal(), /approve_all in its schema is not ours/)
  sql('DROP FUNCTION rampart.yes() CASCADE')
  sql('CREATE RULE keep_all AS ON DELETE TO rampart.grants DO INSTEAD NOTHING')
  assert.match(await refusal(), /keep_all in its schema is not ours/)
  sql('DROP RULE keep_all ON rampart.grants')
  assert.equal(await refusal(), '')
})

test('F48 the serving role reads and writes rows, and no more', { skip }, async () => {
  await migrate(postgres)
  const { db, close } = await sharedOf(postgres, 'ddl')
  try {
    for (
      const text of [
        'CREATE TABLE rampart.mine (a int)',
        'ALTER TABLE rampart.approvals ADD COLUMN mine int',
        'DROP TABLE rampart.tokens',
        'TRUNCATE rampart.approvals',
        'UPDATE rampart.schema_version SET version = 9',
        'CREATE INDEX mine ON rampart.calls (at)',
      ]
    ) await assert.rejects(db.rows(text), /permission denied|must be owner/, text)
    await db.rows('DELETE FROM rampart.calls')
  } finally {
    await close()
  }
})
