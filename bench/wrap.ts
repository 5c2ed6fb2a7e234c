import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { type Section, spread, table } from './common.ts'
import { shipped, startServer, warmed } from './server.ts'

const ROUNDS = 12
/** Commands within one shell: what each costs, the start of wrap aside. */
const INNER = 50

/** `wrap -- bash -c true` beside a plain one, and what each command costs in it. */
export async function benchWrap(): Promise<Section> {
  const rampart = shipped()
  const home = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
  const server = await startServer(rampart, home)
  const run = (words: readonly string[]) => wall(words, home)
  const wrap = [...rampart, 'wrap', '--quiet', '--']
  const loop = ['bash', '-c', `for i in {1..${INNER}}; do bash -c true; done`]
  const ways = {
    plain: [['bash', '-c', 'true'], loop],
    'wrap --no-preload': [[...wrap.slice(0, -1), '--no-preload', '--', 'bash', '-c', 'true'], [
      ...wrap.slice(0, -1),
      '--no-preload',
      '--',
      ...loop,
    ]],
    wrap: [[...wrap, 'bash', '-c', 'true'], [...wrap, ...loop]],
  } as const
  const once: Record<string, number[]> = {}
  const many: Record<string, number[]> = {}
  try {
    await warmed(server)
    run(ways.wrap[0])
    // In turn, so that what else the machine does falls on all alike.
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, [single, looped]] of Object.entries(ways)) {
        const one = run(single)
        ;(once[name] ??= []).push(one)
        ;(many[name] ??= []).push((run(looped) - one) / INNER)
      }
    }
  } finally {
    await server.stop()
    rmSync(home, { recursive: true, force: true })
  }
  const ms = (value: number) => value.toFixed(2)
  const rows = Object.keys(ways).map((name) => {
    const [whole, inner] = [spread(once[name]!), spread(many[name]!)]
    return [name, `${ms(whole.p50)} / ${ms(whole.p99)}`, `${ms(inner.p50)} / ${ms(inner.p99)}`]
  })
  const markdown = table(
    ['`bash -c true`, ms', 'whole, p50 / p99', 'each within one shell, p50 / p99'],
    rows,
  )
  const added = (of: Record<string, number[]>) => spread(of['wrap']!).p50 - spread(of['plain']!).p50
  return {
    markdown,
    figures: { 'wrap.start': added(once), 'wrap.inner': added(many) },
  }
}

function wall([program = '', ...args]: readonly string[], home: string): number {
  const from = performance.now()
  const { status, stderr } = spawnSync(program, args, {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      RAMPART_HOME: join(home, '.rampart'),
      // On a busy machine it waits rather than going without an answer.
      RAMPART_TIMEOUT_MS: '30000',
    },
    cwd: home,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - from
}
