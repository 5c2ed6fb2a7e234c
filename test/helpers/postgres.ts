import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/** Debian keeps the programs of the server beside the path, one directory a version; elsewhere they are on it. */
const BIN = globSync('/usr/lib/postgresql/*/bin/initdb').sort().at(-1)?.replace(/initdb$/, '') ??
  (spawnSync('initdb', ['--version']).status === 0 ? '' : undefined)

const MISSING = 'PostgreSQL is not installed (initdb, pg_ctl): nothing is tried against a real one'
assert.ok(BIN !== undefined || process.env['CI'] === undefined, `CI needs PostgreSQL: ${MISSING}`)

/** Why tests that need a PostgreSQL are skipped; false where one can be started. */
export const SKIP_POSTGRES: string | false = BIN === undefined ? MISSING : false

export const OWNER = { user: 'rampart_owner', password: 'owner-Pa55' } as const
export const SERVING = { user: 'rampart', password: 'serving-Pa55' } as const

export interface TestPostgres {
  readonly dir: string
  readonly port: number
  /** Of a role over TCP, without its password. */
  url(role: { readonly user: string }, database?: string): string
  /** Run SQL as the superuser; its rows, columns by tab. */
  sql(text: string, database?: string): string
  stop(how?: 'fast' | 'immediate'): void
  start(): void
  /** Every process of the server: `STOP` makes it one that does not answer. */
  signal(signal: 'STOP' | 'CONT'): void
  close(): void
}

/**
 * A PostgreSQL of this test alone, with a role that owns the schema and one that serves; `certificates` is where
 * its `key.pem` and `cert.pem` are.
 */
export async function startPostgres(
  settings: readonly string[] = [],
  certificates?: string,
): Promise<TestPostgres> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-pg-'))
  const account = accountOf(dir)
  const port = await freePort()
  const data = join(dir, 'data')
  const run = (program: string, args: readonly string[], input = '') =>
    runAs(account, program, args, input)
  run('initdb', [
    ...['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--auth-local=trust'],
    ...['-E', 'UTF8', '--locale=C', '--no-sync', `--pwfile=${passwordFile(dir, account)}`],
  ])
  if (certificates !== undefined) ownKeys(dir, certificates)
  const given = [
    ...[`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${dir}`],
    ...(certificates === undefined
      ? []
      : [`ssl_cert_file=${dir}/cert.pem`, `ssl_key_file=${dir}/key.pem`]),
    ...['fsync=off', 'max_connections=60', 'log_min_messages=fatal', ...settings],
  ]
  // What a test stops must start again on the same port.
  const options = given.map((one) => `-c ${one}`).join(' ')
  const log = join(dir, 'log')
  const start = () =>
    run('pg_ctl', ['-D', data, '-w', '-t', '60', '-l', log, '-o', options, 'start'])
  const sql = (text: string, database = 'postgres') =>
    run('psql', [
      ...['-h', dir, '-p', String(port), '-U', 'postgres', '-d', database],
      ...['-v', 'ON_ERROR_STOP=1', '-X', '-A', '-t', '-q', '-F', '\t', '-f', '-'],
    ], text).trimEnd()
  const stop = (how: 'fast' | 'immediate' = 'fast') =>
    void run('pg_ctl', ['-D', data, '-w', '-m', how, 'stop'])
  try {
    start()
    sql(`CREATE ROLE ${OWNER.user} LOGIN PASSWORD '${OWNER.password}';
      CREATE ROLE ${SERVING.user} LOGIN PASSWORD '${SERVING.password}';
      CREATE DATABASE rampart OWNER ${OWNER.user};`)
  } catch (error) {
    rmSync(dir, { recursive: true, force: true })
    throw error
  }
  return {
    dir,
    port,
    url: ({ user }, database = 'rampart') => `postgres://${user}@127.0.0.1:${port}/${database}`,
    sql,
    stop,
    start: () => void start(),
    signal(signal) {
      const pid = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]!
      const children = spawnSync('ps', ['-o', 'pid=', '--ppid', pid], { encoding: 'utf8' })
      for (const one of [pid, ...children.stdout.split(/\s+/).filter((word) => word !== '')]) {
        process.kill(Number(one), `SIG${signal}`)
      }
    },
    close() {
      stop('immediate')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** The server refuses root: then it runs as an account that has nothing. */
function accountOf(dir: string): string | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const uid = Number(spawnSync('id', ['-u', name], { encoding: 'utf8' }).stdout)
    if (!(uid > 0)) continue
    chownSync(dir, uid, Number(spawnSync('id', ['-g', name], { encoding: 'utf8' }).stdout))
    chmodSync(dir, 0o711)
    return name
  }
  throw new Error('There is no account that the server could run as')
}

/** The server wants a key that is its own. */
function ownKeys(dir: string, certificates: string): void {
  const { uid, gid } = statSync(dir)
  for (const name of ['key.pem', 'cert.pem']) {
    copyFileSync(join(certificates, name), join(dir, name))
    chmodSync(join(dir, name), 0o600)
    chownSync(join(dir, name), uid, gid)
  }
}

function passwordFile(dir: string, account: string | undefined): string {
  const path = join(dir, 'password')
  writeFileSync(path, 'super-Pa55\n')
  if (account !== undefined) chmodSync(path, 0o644)
  return path
}

function runAs(
  account: string | undefined,
  program: string,
  args: readonly string[],
  input: string,
): string {
  const command = [`${BIN}${program}`, ...args]
  const [head = '', ...rest] = account === undefined
    ? command
    : ['setpriv', `--reuid=${account}`, `--regid=${account}`, '--clear-groups', ...command]
  // What it starts keeps our pipes open, and the end of them would be waited for.
  const isStart = args.at(-1) === 'start'
  const { status, stdout, stderr, error } = spawnSync(head, rest, {
    cwd: '/',
    encoding: 'utf8',
    input,
    stdio: isStart ? 'ignore' : 'pipe',
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${program} ${args.at(-1)}: ${status} ${stderr ?? ''}`)
  return stdout ?? ''
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
