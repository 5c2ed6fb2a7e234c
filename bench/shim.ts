import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Figures, ROOT, type Section, spread, table } from './common.ts'
import { shipped, startServer, warmed } from './server.ts'

const ROUNDS = 300
const WARM = 30

/** What a shell costs that asks before it runs: `bash -c true`, plain and through rampart-shim, in turn. */
export async function benchShim(): Promise<Section> {
  const made = spawnSync('make', ['-C', join(ROOT, 'shim')], { encoding: 'utf8' })
  if (made.status !== 0) return { markdown: 'rampart-shim cannot be built here.', figures: {} }
  const program = join(ROOT, 'shim', 'build', 'rampart-shim')
  const dir = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
  const server = await startServer(shipped())
  try {
    await warmed(server)
    const shim = join(dir, 'bash')
    symlinkSync(program, shim)
    // On a busy machine it waits rather than going without an answer.
    const lines = `RAMPART_SOCKET=${server.socket}\nRAMPART_TIMEOUT_MS=30000\n`
    writeFileSync(join(dir, 'rampart.env'), lines, { mode: 0o600 })
    const plain: number[] = []
    const asked: number[] = []
    for (let round = 0; round < ROUNDS + WARM; round++) {
      const one = wall('/bin/bash')
      const other = wall(shim)
      if (round < WARM) continue
      plain.push(one)
      asked.push(other)
    }
    const [p, a] = [spread(plain), spread(asked)]
    const figures: Figures = {
      'shim.plain.p50': p.p50,
      'shim.p50': a.p50,
      'shim.added.p50': a.p50 - p.p50,
      'shim.bytes': statSync(program).size,
    }
    const ms = (value: number) => value.toFixed(2)
    const rows = [
      ['plain', ms(p.p50), ms(p.p99), ''],
      ['through rampart-shim', ms(a.p50), ms(a.p99), ms(a.p50 - p.p50)],
    ]
    const markdown = table(['`bash -c true`, ms', 'p50', 'p99', 'added at p50'], rows) +
      `\n\nThe server answers after its audit event is on disk. The program has ${
        Math.round(statSync(program).size / 1024)
      } KiB.`
    return { markdown, figures }
  } finally {
    await server.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

function wall(shell: string): number {
  const from = performance.now()
  const { status, stderr } = spawnSync(shell, ['-c', 'true'], { encoding: 'utf8' })
  if (status !== 0 || stderr !== '') throw new Error(`${shell} ended with ${status}: ${stderr}`)
  return performance.now() - from
}
