import { spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { ROOT, type Section, spread, table } from './common.ts'
import { shipped, startServer, type Subject, warmed } from './server.ts'

const WARM_UP = 300
const CALLS = 2000

interface Row {
  readonly way: string
  readonly micros: readonly number[]
  /** Processor time of the caller for one call, in microseconds. */
  readonly used: number
}

/** Enforced calls with durable audit by the clients for Python, one after the other on one connection. */
export async function benchPython(): Promise<Section> {
  const server = await startServer(shipped())
  try {
    await warmed(server)
    const rows = await measure(server)
    const markdown = table(
      ['client', 'p50 ms', 'p99 ms', 'its own processor ms'],
      rows.map(({ way, micros, used }) => {
        const { p50, p99 } = spread(micros)
        return [way, ...[p50, p99, used].map((one) => (one / 1000).toFixed(2))]
      }),
    )
    return { markdown, figures: { 'python.p50': spread(rows[0]!.micros).p50 / 1000 } }
  } finally {
    await server.stop()
  }
}

/** `RAMPART_BENCH_PYTHON` names a Python with httpx and attrs; any other leaves the generated client out. */
function measure({ url, socket, token }: Subject): Promise<readonly Row[]> {
  const program = process.env['RAMPART_BENCH_PYTHON'] ?? 'python3'
  const script = join(ROOT, 'bench/client-python.py')
  const child = spawn(program, [script, String(WARM_UP), String(CALLS)], {
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
      else reject(new Error(`${script} ended with ${code}`))
    })
  })
}
