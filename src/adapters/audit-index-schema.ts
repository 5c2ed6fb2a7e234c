import { DatabaseSync } from 'node:sqlite'

/** Another number makes every index be made anew: nothing in one is worth a migration. */
const VERSION = 2

/**
 * `events` has a row a line, numbered in the order of the trail; texts are in it as numbers (`keyOf`), for
 * what a row leads to is compared with the filter again. `facets` are the few values that most filters
 * name. `hours` and `latencies` are what statistics are made of. Calls have random ids: by file, so that what
 * is written to lies close together.
 */
const SCHEMA = `
  CREATE TABLE state (
    generation INTEGER NOT NULL,
    next INTEGER NOT NULL,
    seq_rises INTEGER NOT NULL,
    time_rises INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    last_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    first INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    last_start INTEGER NOT NULL,
    last_hash TEXT NOT NULL,
    seal TEXT NOT NULL,
    size INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE facets (
    id INTEGER PRIMARY KEY,
    agent TEXT NOT NULL,
    tool TEXT NOT NULL,
    policy TEXT NOT NULL,
    rule TEXT NOT NULL,
    action TEXT NOT NULL,
    kind TEXT NOT NULL,
    enforced INTEGER NOT NULL,
    UNIQUE (agent, tool, policy, rule, action, kind, enforced)
  ) STRICT;
  CREATE TABLE events (
    n INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    file INTEGER NOT NULL,
    start INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    facet INTEGER NOT NULL,
    id INTEGER NOT NULL,
    session INTEGER NOT NULL,
    run INTEGER,
    call INTEGER,
    local INTEGER,
    weight INTEGER NOT NULL,
    us INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX events_facet ON events (facet);
  CREATE INDEX events_id ON events (id);
  CREATE INDEX events_session ON events (session);
  CREATE INDEX events_run ON events (run) WHERE run IS NOT NULL;
  CREATE INDEX events_call ON events (file, call) WHERE call IS NOT NULL;
  CREATE INDEX events_local ON events (call) WHERE local = 1;
  CREATE TABLE hours (
    file INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    facet INTEGER NOT NULL,
    events INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    PRIMARY KEY (file, hour, facet)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE latencies (
    file INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    events INTEGER NOT NULL,
    PRIMARY KEY (file, hour, bucket)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO state VALUES (0, 1, 1, 1, 0, 0);
  PRAGMA user_version = ${VERSION};
`

/** Make an empty database an index. */
export function makeSchema(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE')
  // Another process may have been here between the look and the lock.
  if (isEmpty(db)) db.exec(SCHEMA)
  db.exec('COMMIT')
}

export function isEmpty(db: DatabaseSync): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
}

/** Whether it is an index of this version and nothing beside: no trigger or view decides what is read (F25). */
export function isOurs(db: DatabaseSync): boolean {
  if (db.prepare('PRAGMA user_version').get()?.['user_version'] !== VERSION) return false
  const own = new DatabaseSync(':memory:')
  try {
    own.exec(SCHEMA)
    return shapeOf(db) === shapeOf(own)
  } finally {
    own.close()
  }
}

function shapeOf(db: DatabaseSync): string {
  return JSON.stringify(
    db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name').all(),
  )
}
