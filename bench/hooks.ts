import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { ROOT, RUNTIMES, type Section, spread, table } from './common.ts'
import { startServer, warmed } from './server.ts'

const ROUNDS = 60
const WARM = 6
const AT_ONCE = 64
/** The two that an agent's settings start, and what 64 processes cost in any case. */
const CROWDED = new Set(['true', 'client', 'cold'])

/** What an agent asks most: a harmless command. */
const EVENT = JSON.stringify({
  session_id: 'bench',
  cwd: '/tmp',
  hook_event_name: 'PreToolUse',
  tool_name: 'Bash',
  tool_input: { command: 'git status' },
})

interface Way {
  readonly key: string
  readonly title: string
  readonly argv: readonly string[]
  readonly home: string
}

/** A whole hook process, from its start to its end, by each way that agents are told to start one. */
export async function benchHooks(): Promise<Section> {
  const missing = ['rampart', 'rampart-shim', 'rampart.mjs']
    .filter((name) => !existsSync(join(ROOT, 'dist', name)))
  if (missing.length > 0) {
    const markdown = `dist/ lacks ${missing.join(', ')}: \`npm run build\` first.`
    return { markdown, figures: {} }
  }
  const alone = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
  const server = await startServer([join(ROOT, 'dist/rampart')])
  try {
    await warmed(server)
    const ways = waysOf(dirname(dirname(server.socket)), alone)
    const walls = inTurn(ways)
    const crowds = []
    for (const way of ways) if (CROWDED.has(way.key)) crowds.push([way, await crowd(way)] as const)
    return written(ways, walls, new Map(crowds))
  } finally {
    await server.stop()
    rmSync(alone, { recursive: true, force: true })
  }
}

function waysOf(served: string, alone: string): readonly Way[] {
  const dist = (name: string) => join(ROOT, 'dist', name)
  const place = (home: string) => [
    ...['--home', home, '--socket', join(home, 'run', 'rampart.sock')],
    // On a busy machine it waits rather than deciding by itself.
    ...['--timeout-ms', '280000'],
  ]
  const hook = (home: string) => ['hook', '--format', 'claude-code', ...place(home)]
  const bare = join(alone, '.rampart')
  const client = [dist('rampart-shim'), 'hook', 'claude-code', '--bin', dist('rampart')]
  return [
    { key: 'true', title: '`/bin/true`', argv: ['/bin/true'], home: alone },
    {
      key: 'client',
      title: 'client in C, with a server',
      argv: [...client, ...place(served)],
      home: served,
    },
    {
      key: 'served',
      title: 'executable, with a server',
      argv: [dist('rampart'), ...hook(served)],
      home: served,
    },
    {
      key: 'cold',
      title: 'executable, which decides by itself',
      argv: [dist('rampart'), ...hook(bare)],
      home: bare,
    },
    {
      key: 'node',
      title: '`node dist/rampart.mjs`, with a server',
      argv: [...RUNTIMES['node']!, dist('rampart.mjs'), ...hook(served)],
      home: served,
    },
  ]
}

const environment = (home: string) => ({ PATH: process.env['PATH'], HOME: home })

/** One after the other in each round, so that what else the machine does falls on all alike. */
function inTurn(ways: readonly Way[]): ReadonlyMap<Way, readonly number[]> {
  const samples = new Map(ways.map((way) => [way, [] as number[]]))
  for (let round = 0; round < ROUNDS + WARM; round++) {
    for (const way of ways) {
      const [program = '', ...argv] = way.argv
      const options = { env: environment(way.home), input: EVENT, encoding: 'utf8' } as const
      const from = performance.now()
      const { status, stdout, stderr } = spawnSync(program, argv, options)
      const took = performance.now() - from
      expectPassed(way, status, stdout, stderr)
      if (round >= WARM) samples.get(way)!.push(took)
    }
  }
  return samples
}

/** So many at once: how long each took, and all of them. */
async function crowd(
  way: Way,
): Promise<{ readonly each: readonly number[]; readonly all: number }> {
  const from = performance.now()
  const each = await Promise.all(Array.from({ length: AT_ONCE }, () => one(way)))
  return { each, all: performance.now() - from }
}

function one(way: Way): Promise<number> {
  const [program = '', ...argv] = way.argv
  return new Promise((resolve, reject) => {
    const from = performance.now()
    const child = spawn(program, argv, { env: environment(way.home), stdio: 'pipe' })
    let out = ''
    let err = ''
    child.stdout.on('data', (more) => out += more)
    child.stderr.on('data', (more) => err += more)
    child.stdin.on('error', () => {})
    child.on('error', reject)
    child.on('close', (code) => {
      const took = performance.now() - from
      try {
        expectPassed(way, code, out, err)
        resolve(took)
      } catch (error) {
        reject(error)
      }
    })
    child.stdin.end(EVENT)
  })
}

/** A hook that fails is fast, so its figure counts for nothing. */
function expectPassed({ key, title }: Way, code: number | null, out: string, err: string): void {
  if (code !== 0) throw new Error(`${title} ended with ${code}: ${err}`)
  if (key === 'true') return
  const answer = JSON.parse(out) as { hookSpecificOutput?: unknown }
  if (answer.hookSpecificOutput !== undefined) throw new Error(`${title} answered ${out}`)
}

function written(
  ways: readonly Way[],
  walls: ReadonlyMap<Way, readonly number[]>,
  crowds: ReadonlyMap<Way, { readonly each: readonly number[]; readonly all: number }>,
): Section {
  const figures: Record<string, number> = {}
  const ms = (value: number) => value.toFixed(value < 100 ? 2 : 0)
  const plain = spread(walls.get(ways[0]!)!).p50
  const rows = ways.map((way) => {
    const { p50, p95 } = spread(walls.get(way)!)
    figures[`hook.${way.key}.p50`] = p50
    figures[`hook.${way.key}.p95`] = p95
    const many = crowds.get(way)
    const [half, most, all] = many === undefined
      ? ['', '', '']
      : [spread(many.each).p50, spread(many.each).p95, many.all].map(ms)
    return [way.title, ms(p50), ms(p95), ms(p50 - plain), half!, most!, all!]
  })
  const head = ['ms', 'p50', 'p95', 'beyond `/bin/true`']
  const parallel = [`${AT_ONCE} at once: each, p50`, 'p95', 'all']
  const note =
    'The whole process, from its start by Node to its end; the answer of a server comes after its audit ' +
    'event is on disk, and so does that of a hook that decides by itself.'
  return { markdown: `${table([...head, ...parallel], rows)}\n\n${note}`, figures }
}
