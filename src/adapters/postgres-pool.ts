import pg from 'pg'
import { RampartError } from '../errors.ts'
import type { PlaceTls, PostgresPlace } from './postgres-place.ts'

/** Connections of one process; more than that wait for each other. */
const CONNECTIONS = 8
/** How long a new connection, and then an answer, may take, ms. */
const CONNECT_MS = 3000
const ANSWER_MS = 5000
/** Sooner than the answer is given up here, so that a slow statement ends in the database first. */
const STATEMENT_MS = 4000

export type Rows = readonly Readonly<Record<string, unknown>>[]

/** What a statement gave, and whether that was not at the first try: an earlier one may have been through. */
export interface Again {
  readonly rows: Rows
  readonly repeated: boolean
}

/** What runs statements; what fails is `unavailable`, whatever it was, with the cause for the log. */
export interface Postgres {
  readonly place: PostgresPlace
  /** One statement, one transaction. */
  rows(sql: string, values?: readonly unknown[]): Promise<Rows>
  /**
   * The same, put again after a broken connection or a deadlock: for statements that do nothing when they
   * were through already and only the answer was lost.
   */
  again(sql: string, values?: readonly unknown[]): Promise<Again>
  /** A connection of its own, to listen on; its end is told by `error` or `end`. */
  connect(): Promise<pg.Client>
  close(): Promise<void>
}

/** Of the database itself: `code` is an SQLSTATE. */
export class StatementError extends RampartError {
  readonly state: string

  constructor(state: string, detail: string, cause: unknown) {
    super('unavailable', detail, { cause })
    this.state = state
  }
}

/** Whether a statement failed because such a row is there already. */
export function isTaken(error: unknown): boolean {
  return error instanceof StatementError && error.state === '23505'
}

/** Connect when it is needed; nothing is asked yet. */
export function openPostgres(place: PostgresPlace, password: string | undefined): Postgres {
  const options = clientOptions(place, password)
  const pool = new pg.Pool({ ...options, max: CONNECTIONS, idleTimeoutMillis: 30_000 })
  // An idle connection that ends is replaced by the next one that is needed.
  pool.on('error', () => {})
  async function rows(sql: string, values: readonly unknown[] = []): Promise<Rows> {
    try {
      return (await pool.query(sql, [...values])).rows as Rows
    } catch (error) {
      throw failed(error)
    }
  }
  return {
    place,
    rows,
    again: (sql, values) => patiently(() => rows(sql, values)),
    async connect() {
      const client = new pg.Client({ ...options, query_timeout: ANSWER_MS })
      client.on('error', () => {})
      try {
        await client.connect()
        return client
      } catch (error) {
        await client.end().catch(() => {})
        throw failed(error)
      }
    },
    close: () => pool.end(),
  }
}

function clientOptions(
  { host, port, database, user, tls }: PostgresPlace,
  password: string | undefined,
): pg.ClientConfig {
  return {
    host,
    port,
    database,
    user,
    // A function, so that no print of the options shows it. Without one the driver looks into PGPASSWORD.
    ...(password === undefined ? {} : { password: () => password }),
    ssl: tls === undefined ? false : sslOf(tls, host),
    application_name: 'rampart',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    // What is told to be durable is, whatever the role was set to.
    options: `-c synchronous_commit=on -c statement_timeout=${STATEMENT_MS} ` +
      `-c lock_timeout=${STATEMENT_MS} -c idle_in_transaction_session_timeout=${STATEMENT_MS}`,
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  }
}

/** `host` is what the certificate is held against, an address too. */
function sslOf({ verify, ca }: PlaceTls, host: string): pg.ClientConfig['ssl'] {
  return {
    host,
    rejectUnauthorized: verify !== 'none',
    ...(ca === undefined ? {} : { ca }),
    ...(verify === 'full' ? {} : { checkServerIdentity: () => undefined }),
  }
}

const INT8 = 20
const TEXT = (value: string) => value

/** Our integers are milliseconds and counts, which a number holds. */
function parserOf(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === INT8) return Number
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : parserOfText(oid)
}

function parserOfText(oid: number): unknown {
  const BOOL = 16
  const INT4 = 23
  return [BOOL, INT4].includes(oid) ? pg.types.getTypeParser(oid, 'text') : TEXT
}

/** Of one who may be asked again: a rest between two tries, and how many there are, in about ten seconds. */
const RESTS_MS = [0, 50, 200, 500, 1000, 2000, 3000]

async function patiently(work: () => Promise<Rows>): Promise<Again> {
  for (const [tries, rest] of RESTS_MS.entries()) {
    try {
      return { rows: await work(), repeated: tries > 0 }
    } catch (error) {
      if (!isPassing(error)) throw error
      await new Promise<void>((resolve) => setTimeout(resolve, rest))
    }
  }
  return { rows: await work(), repeated: true }
}

/** A connection that broke, a server that starts or stops, a deadlock or a conflict of two transactions. */
function isPassing(error: unknown): boolean {
  return !(error instanceof StatementError) || /^(?:08|40|57)/.test(error.state)
}

function failed(error: unknown): RampartError {
  if (error instanceof RampartError) return error
  const { code, message } = error as { readonly code?: string; readonly message: string }
  const detail = `The store failed: ${message === '' ? code : message}`
  return error instanceof pg.DatabaseError
    ? new StatementError(code ?? '', detail, error)
    : new RampartError('unavailable', detail, { cause: error })
}
