/**
 * The shared state in PostgreSQL, one step a version, applied in order by `rampart store migrate` alone. A
 * step that was released is never edited. Times are milliseconds; every key begins with the tenant; texts are
 * compared by their bytes, as everywhere else in Rampart.
 */
export const POSTGRES_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE rampart.approvals (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    digest text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL,
    owner text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    bytes bigint NOT NULL,
    revision bigint NOT NULL DEFAULT 0,
    stamp text COLLATE "C" NOT NULL,
    outcome text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (tenant, id)
  );
  CREATE INDEX approvals_in_order ON rampart.approvals (tenant, created_at, id);
  CREATE INDEX approvals_by_status ON rampart.approvals (tenant, status, created_at, id);
  CREATE INDEX approvals_by_digest ON rampart.approvals (tenant, digest, created_at);
  CREATE INDEX approvals_by_size ON rampart.approvals (tenant, status, principal, bytes);
  CREATE INDEX approvals_by_owner ON rampart.approvals (tenant, status, owner);
  CREATE INDEX approvals_by_end ON rampart.approvals (tenant, status, expires_at);
  CREATE TABLE rampart.tokens (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    hash text COLLATE "C" NOT NULL,
    agent text COLLATE "C" NOT NULL,
    scopes text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, hash)
  );
  CREATE TABLE rampart.sessions (
    tenant text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL,
    session text COLLATE "C" NOT NULL,
    calls bigint NOT NULL,
    PRIMARY KEY (tenant, principal, session)
  );
  CREATE TABLE rampart.calls (
    tenant text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL,
    session text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    tool text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, principal, session, n)
  );
  CREATE INDEX calls_by_time ON rampart.calls (tenant, at);
  CREATE TABLE rampart.once_claims (
    tenant text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    stamp text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, key)
  );
  CREATE TABLE rampart.grants (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    principal text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    calls bigint,
    used_at bigint,
    expires_at bigint NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (tenant, id)
  );
  CREATE INDEX grants_by_end ON rampart.grants (tenant, expires_at);
  CREATE TABLE rampart.hooked_calls (
    tenant text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    told text COLLATE "C" NOT NULL,
    audit_ids text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, key)
  );
  CREATE INDEX hooked_calls_by_time ON rampart.hooked_calls (tenant, at);
  CREATE TABLE rampart.switches (
    tenant text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    until bigint NOT NULL,
    PRIMARY KEY (tenant, name)
  );
  CREATE TABLE rampart.overlays (
    tenant text COLLATE "C" NOT NULL PRIMARY KEY,
    revision bigint NOT NULL,
    text text NOT NULL
  );
  CREATE TABLE rampart.proofs (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    node text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    event text NOT NULL,
    PRIMARY KEY (tenant, id)
  );
  CREATE TABLE rampart.changes (
    tenant text COLLATE "C" NOT NULL,
    topic text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (tenant, topic)
  );
  `,
]

/** What this executable knows. */
export const POSTGRES_VERSION: number = POSTGRES_MIGRATIONS.length
