import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sqliteGrants } from '../../src/adapters/grants.ts'
import { memoryGrants } from '../../src/adapters/memory-grants.ts'
import { keyOf } from '../../src/approval/rule-keys.ts'
import { grant, grantsContract } from './contracts/grants.ts'
import { inMemory, inSqlite } from './contracts/opened.ts'

grantsContract('memory', inMemory(memoryGrants))
grantsContract('SQLite', inSqlite(sqliteGrants))

test('F25 a grant whose row contradicts its body counts as absent', async () => {
  const { it: [db], close } = inSqlite((connection) => connection)()
  try {
    const store = sqliteGrants(db)
    await store.add(['one', 'two', 'three', 'four'].map((id) => grant(id)))
    db.exec(`UPDATE grants SET principal = 'token:2' WHERE id = 'one'`)
    db.exec(`UPDATE grants SET body = '{' WHERE id = 'two'`)
    db.exec(`UPDATE grants SET expires_at = 99999 WHERE id = 'three'`)
    const who = { principal: 'token:1', agent: 'a', session: 's' }
    const key = keyOf(grant('x').rule)
    assert.deepEqual(store.find({ ...who, principal: 'token:2' }, [key], 1, false), [])
    assert.deepEqual(store.find(who, [key], 1, false).map(({ id }) => id), ['four'])
    assert.deepEqual((await store.list(1)).map(({ id }) => id), ['four'])
  } finally {
    close()
  }
})
