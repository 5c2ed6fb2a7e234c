/**
 * The state database, one step a version, applied in order. A step that was released is never edited:
 * what must change comes as the next one.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE approvals (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    digest TEXT NOT NULL,
    principal TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX approvals_by_time ON approvals (created_at);
  CREATE INDEX approvals_by_status ON approvals (status, principal);
  CREATE INDEX approvals_by_digest ON approvals (digest, created_at);
  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    agent TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE calls (
    principal TEXT NOT NULL,
    session TEXT NOT NULL,
    tool TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX calls_by_key ON calls (principal, session, tool, at);
  CREATE INDEX calls_by_time ON calls (at);
  CREATE TABLE once_claims (
    key TEXT PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE switches (
    name TEXT PRIMARY KEY,
    until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // Approvals: whose limit they count for, when they lapse, and how often they were changed.
  `
  ALTER TABLE approvals ADD COLUMN owner TEXT NOT NULL DEFAULT '';
  ALTER TABLE approvals ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE approvals ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
  UPDATE approvals SET
    owner = json_array(json_extract(body, '$.principal'), json_extract(body, '$.agent')),
    expires_at = CAST(json_extract(body, '$.expiresAt') AS INTEGER)
    WHERE json_valid(body) AND json_type(body, '$.expiresAt') IN ('integer', 'real');
  CREATE INDEX approvals_by_owner ON approvals (status, owner);
  CREATE INDEX approvals_by_end ON approvals (status, expires_at);
  CREATE INDEX approvals_in_order ON approvals (status, created_at, id);
  `,
  `
  CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    principal TEXT NOT NULL,
    key TEXT NOT NULL,
    calls INTEGER,
    used_at INTEGER,
    expires_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX grants_by_key ON grants (principal, key);
  CREATE INDEX grants_by_end ON grants (expires_at);
  `,
  // Approvals: how much each keeps, so that what is open can be limited.
  `
  ALTER TABLE approvals ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  UPDATE approvals SET bytes = length(CAST(body AS BLOB));
  DROP INDEX approvals_by_status;
  CREATE INDEX approvals_by_size ON approvals (status, principal, bytes);
  `,
  // What hosts of agents were told, to be held against what they do.
  `
  CREATE TABLE hooked_calls (
    key TEXT PRIMARY KEY,
    told TEXT NOT NULL,
    audit_ids TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX hooked_calls_by_time ON hooked_calls (at);
  `,
  // Other machines that this server looks after.
  `
  CREATE TABLE fleet_codes (
    hash TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE fleet_nodes (
    id TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
]

/** What this executable knows. */
export const SCHEMA_VERSION: number = MIGRATIONS.length

/** Of the schema that all steps make (`schemaDigest`): one that is changed behind our back has another. */
export const SCHEMA_DIGEST = '2890261fc3500f0530ccba6bcda52321ac026f17c0781ff2a79c05e37370858d'
