import type { FleetCode, FleetNode, FleetStore } from '../ports.ts'
import { asking, type Database, transaction } from './database.ts'

/** Nodes and enrolment codes in the state database. */
export function sqliteFleet(db: Database): FleetStore {
  const insertCode = db.prepare(
    'INSERT INTO fleet_codes (hash, expires_at, body) VALUES (?, ?, ?)',
  )
  const sweep = db.prepare('DELETE FROM fleet_codes WHERE expires_at <= ?')
  const take = db.prepare('DELETE FROM fleet_codes WHERE hash = ? RETURNING body')
  const insert = db.prepare('INSERT INTO fleet_nodes (id, count, body) VALUES (?, 0, ?)')
  const one = db.prepare('SELECT body FROM fleet_nodes WHERE id = ?')
  const all = db.prepare('SELECT body FROM fleet_nodes ORDER BY id')
  const count = db.prepare(
    'UPDATE fleet_nodes SET count = :count WHERE id = :id AND count < :count',
  )
  const counted = db.prepare('SELECT count FROM fleet_nodes WHERE id = ?')
  const update = db.prepare('UPDATE fleet_nodes SET body = ? WHERE id = ?')
  const nodeOf = (id: string) => bodyOf<FleetNode>(one.get(id))
  return {
    addCode: async (code) =>
      void asking(() =>
        insertCode.run(code.hash, Math.trunc(code.expiresAt), JSON.stringify(code))
      ),
    takeCode: async (hash, now) =>
      transaction(db, () => {
        sweep.run(Math.trunc(now))
        return bodyOf<FleetCode>(take.get(hash))
      }),
    add: async (node) => void asking(() => insert.run(node.id, JSON.stringify(node))),
    node: async (id) => asking(() => nodeOf(id)),
    list: async () => asking(() => all.all().map((row) => bodyOf<FleetNode>(row)!)),
    count: async (id, next) => asking(() => Number(count.run({ id, count: next }).changes) === 1),
    lastCount: async (id) => asking(() => Number(counted.get(id)?.['count'] ?? 0)),
    change: async (id, change) =>
      transaction(db, () => {
        const node = nodeOf(id)
        if (node === undefined) return undefined
        const next = { ...node, ...change }
        update.run(JSON.stringify(next), id)
        return next
      }),
  }
}

function bodyOf<T>(row: Record<string, unknown> | undefined): T | undefined {
  return row === undefined ? undefined : JSON.parse(String(row['body'])) as T
}
