import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { type Figures, ROOT, type Section, spread, table } from './common.ts'
import { BODY, shipped, startServer, type Subject, warmed } from './server.ts'

const WARM_UP = 300
const CALLS = 2000
const PROCESSES = 60

interface Row {
  readonly way: string
  readonly micros: readonly number[]
  /** Processor time of the caller for one call, in microseconds; not known of processes of their own. */
  readonly used?: number
}

/** What each client is called in `Figures`: the first row of those that it measures. */
interface Client {
  readonly figure: string
  readonly measure: (server: Subject) => Promise<readonly Row[]> | readonly Row[]
}

/** The order of the page. */
const CLIENTS: readonly Client[] = [
  { figure: 'python.p50', measure: python },
  { figure: 'go.p50', measure: go },
  { figure: 'curl.p50', measure: curl },
]

/** Enforced calls with durable audit by the clients, one after the other on one connection; by curl, a process each. */
export async function benchClients(): Promise<Section> {
  const server = await startServer(shipped())
  try {
    await warmed(server)
    const figures: Record<string, number> = {}
    const all: Row[] = []
    for (const { figure, measure } of CLIENTS) {
      const rows = await measure(server)
      if (rows.length > 0) Object.assign(figures, { [figure]: p50(rows[0]!) } satisfies Figures)
      all.push(...rows)
    }
    return { markdown: page(all), figures }
  } finally {
    await server.stop()
  }
}

const p50 = ({ micros }: Row): number => spread(micros).p50 / 1000

function page(rows: readonly Row[]): string {
  const ms = (micros: number) => (micros / 1000).toFixed(2)
  return table(
    ['client', 'p50 ms', 'p99 ms', 'its own processor ms'],
    rows.map(({ way, micros, used }) => {
      const { p50, p99 } = spread(micros)
      return [way, ms(p50), ms(p99), used === undefined ? '' : ms(used)]
    }),
  )
}

/** `RAMPART_BENCH_PYTHON` names a Python with httpx and attrs; any other leaves the generated client out. */
function python(server: Subject): Promise<readonly Row[]> {
  const program = process.env['RAMPART_BENCH_PYTHON'] ?? 'python3'
  return rowsOf([program, join(ROOT, 'bench/client-python.py')], server)
}

/** Where there is a Go, with the module's dependencies in its cache or to be had. */
async function go(server: Subject): Promise<readonly Row[]> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
  try {
    const program = join(dir, 'client')
    const { status } = spawnSync('go', ['build', '-o', program, '.'], {
      cwd: join(ROOT, 'bench/client-go'),
      env: { ...process.env, GOTOOLCHAIN: 'local' },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    return status === 0 ? await rowsOf([program], server) : []
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** What a script pays: the whole process, beside one that does nothing. */
function curl({ url, token }: Subject): readonly Row[] {
  const call = [
    ...['-sS', '--fail', '-X', 'POST', `${url.origin}/v1/preflight/exec`, '--data', BODY],
    ...['-H', `authorization: Bearer ${token}`, '-H', 'content-type: application/json'],
  ]
  const ways: readonly (readonly [string, string, readonly string[]])[] = [
    ['`curl`, the whole process', 'curl', call],
    ['`/bin/true`, the whole process', '/bin/true', []],
  ]
  const rows = ways.map(([way, program, argv]) => ({ way, program, argv, micros: [] as number[] }))
  for (let turn = 0; turn < PROCESSES; turn++) {
    for (const { program, argv, micros } of rows) {
      const from = performance.now()
      const { error, status, stderr } = spawnSync(program, argv, { encoding: 'utf8' })
      if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return []
      if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
      micros.push((performance.now() - from) * 1000)
    }
  }
  return rows
}

/** Run a client that prints its rows as JSON. */
function rowsOf(
  [program = '', ...args]: readonly string[],
  { url, socket, token }: Subject,
): Promise<readonly Row[]> {
  const child = spawn(program, [...args, String(WARM_UP), String(CALLS)], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PYTHONPATH: join(ROOT, 'openapi/python'),
      PYTHONDONTWRITEBYTECODE: '1',
      BENCH_URL: url.origin,
      BENCH_SOCKET: socket,
      BENCH_TOKEN: token,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => printed += chunk)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(printed) as readonly Row[])
      else reject(new Error(`${program} ended with ${code}`))
    })
  })
}
