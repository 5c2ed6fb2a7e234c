// What was aimed at, and whether this run got there.
import { type Figures, table } from './common.ts'

interface Aim {
  readonly what: string
  /** Its name in `Figures`; with `.undisputed` the same without the lines whose label is disputed. */
  readonly figure: string
  readonly least?: number
  readonly most?: number
  readonly unit: 'µs' | 'ms' | 'kB' | 'MB' | '%' | '×' | '/s' | 'events' | 'rounds'
}

const SPEED: readonly Aim[] = ['node', 'bun'].flatMap((runtime): Aim[] => [
  time(`one evaluation, p50, ${runtime}`, `evaluate.${runtime}.p50`, 10, 'µs'),
  time(`one evaluation, p99, ${runtime}`, `evaluate.${runtime}.p99`, 200, 'µs'),
  time(`one evaluation, p99.9, ${runtime}`, `evaluate.${runtime}.p999`, 2000, 'µs'),
  // The logarithm of 10,000 is four times that of 10.
  time(`p50 of 10,000 rules to that of 10, ${runtime}`, `evaluate.${runtime}.growth`, 4, '×'),
])

const HOSTILE: readonly Aim[] = [
  time('a hostile line of 1 MiB, `standard`', 'hostile.mib', 50, 'ms'),
  time('64 KiB of a hostile line, any policy', 'hostile.chunk', 10, 'ms'),
  time('memory that hostile lines take', 'hostile.memory', 64, 'MB'),
]

const EXECUTABLE: readonly Aim[] = [
  time('`rampart version`, p50', 'start.version', 20, 'ms'),
  time('`rampart serve` to its first answer, p50', 'start.serve', 150, 'ms'),
  time('memory of an idle server', 'start.rss', 80, 'MB'),
  time('`rampart test` from a warm cache, p50', 'start.test', 20, 'ms'),
  time('size of the executable', 'start.size', 125, 'MB'),
]

const PRELOAD: readonly Aim[] = [
  time('added to an exec by the preload library, p50', 'preload.p50', 0.6, 'ms'),
  time('the same, p99', 'preload.p99', 2, 'ms'),
  time('added to opening a file that no rule speaks of, p50', 'preload.open', 0.1, 'ms'),
  time('loading the library, beyond loading an empty one', 'preload.load', 50, 'µs'),
  time('`make -j2` of a small project, slower by', 'preload.make', 10, '%'),
]

const HOOKS: readonly Aim[] = [
  time('a hook by the client in C, whole process, p50', 'hook.client.p50', 1.5, 'ms'),
  time('a hook that decides by itself, whole process, p50', 'hook.cold.p50', 20, 'ms'),
]

const CLIENTS: readonly Aim[] = [
  time('an enforced call by `rampart.guard` for Python over TCP, p50', 'python.p50', 1.5, 'ms'),
  time('the same by the client for Go', 'go.p50', 0.6, 'ms'),
  time('the same by `curl`, whole process, p50', 'curl.p50', 15, 'ms'),
  ...([['bun', 10_000], ['node', 5000], ['deno', 5000]] as const).flatMap((
    [runtime, rate],
  ): Aim[] => [
    {
      what: `enforced calls at 32 connections, ${runtime}`,
      figure: `http.${runtime}.rate`,
      least: rate,
      unit: '/s',
    },
    {
      what: `the same to those of a bare hono app, ${runtime}`,
      figure: `http.${runtime}.ratio`,
      least: 0.5,
      unit: '×',
    },
  ]),
]

const MCP: readonly Aim[] = [
  time('added to a call of an MCP tool, p50', 'mcp.call.p50', 1, 'ms'),
]

const DASHBOARD: readonly Aim[] = [
  time('script of the dashboard, gzipped', 'dashboard.size', 60, 'kB'),
  time('first paint of the dashboard from loopback, p50', 'dashboard.paint', 300, 'ms'),
  {
    what: 'frames of the dashboard at 100 events a second',
    figure: 'dashboard.frames',
    // A screen of 60 Hz shows 59.9 of them.
    least: 59,
    unit: '/s',
  },
]

const AUDIT: readonly Aim[] = [
  ...([[1, 2000], [32, 20_000], [256, 60_000]] as const).map(([callers, limit]): Aim => ({
    what: `durable events, ${callers} caller${callers === 1 ? '' : 's at once'}`,
    figure: `audit.rate.${callers}`,
    least: limit,
    unit: '/s',
  })),
  {
    what: 'enforced preflights over HTTP, 32 connections',
    figure: 'http.best',
    least: 10_000,
    unit: '/s',
  },
  {
    what: 'acknowledged events that kill -9 lost',
    figure: 'audit.kill.lost',
    most: 0,
    unit: 'events',
  },
  {
    what: 'trails that did not verify after kill -9',
    figure: 'audit.kill.broken',
    most: 0,
    unit: 'rounds',
  },
  time('`rampart serve` on 1,000,000 events to its first answer, p50', 'audit.start', 500, 'ms'),
  time('hiding the secrets of an ordinary call', 'redact.call', 1, 'µs'),
  time('of 1 MiB of prose, code, JSON or base64', 'redact.text', 5, 'ms'),
  time('of 1 MiB of beginnings of secrets', 'redact.hostile', 5, 'ms'),
  time('`rampart audit verify` of 1,000,000 events', 'audit.verify', 8000, 'ms'),
  time('memory that it takes', 'audit.verify.memory', 150, 'MB'),
  time(
    '`events?limit=50` filtered, of 1,000,000 events, the slowest p50',
    'audit.events',
    50,
    'ms',
  ),
  time('memory that those take', 'audit.events.memory', 50, 'MB'),
]

const APPROVALS: readonly Aim[] = ['node', 'bun', 'deno'].flatMap((runtime): Aim[] => [
  time(
    `an answer to the caller that waits, p99, ${runtime}`,
    `approvals.${runtime}.release`,
    10,
    'ms',
  ),
  time(`1,000 answers at once, ${runtime}`, `approvals.${runtime}.bulk`, 1000, 'ms'),
  time(
    `preflight p50 with 10,000 open questions to that with none, ${runtime}`,
    `approvals.${runtime}.growth`,
    1.5,
    '×',
  ),
])

const STORE: readonly Aim[] = [
  time('an answer on one server to the caller on another, p99', 'store.release.p99', 50, 'ms'),
  {
    what: 'preflights a second with shared state to those without',
    figure: 'store.ratio',
    least: 0.95,
    unit: '×',
  },
  time('a page of 100,000 open questions, p50', 'store.page', 50, 'ms'),
]

const FLEET: readonly Aim[] = [
  time('2,000 nodes heard every 30 s, of one processor', 'fleet.share', 25, '%'),
  {
    what: 'events of nodes that come in, in batches',
    figure: 'fleet.ingest',
    least: 10_000,
    unit: '/s',
  },
]

const RULES: readonly Aim[] = [
  time(
    'preflight p50 with 10,000 rules of the person to that with none',
    'rules.overlay',
    1.2,
    '×',
  ),
  time('the same with 10,000 grants of its session', 'rules.grants', 1.2, '×'),
]

const STREAM: readonly Aim[] = ['node', 'bun', 'deno'].map((runtime) =>
  time(
    `preflight p50 at 100/s with 200 streams to that with none, ${runtime}`,
    `stream.${runtime}.growth`,
    1.5,
    '×',
  )
)

const DETECTION: readonly Aim[] = [
  least('evasions', 'stop', 'stopped', 98),
  least('evasions', 'stop', 'denied', 90),
  least('evasions', 'allow', 'allowed', 98),
  most('nearmiss-nah', 'stopped', 5),
  least('stop-nah', 'stop', 'stopped', 90),
  least('stop-dcg', 'stop', 'stopped', 97),
  least('stop-self', 'stop', 'denied', 85),
  least('technique-gtfobins', 'stop', 'stopped', 88),
  least('technique-redcode', 'stop', 'stopped', 85),
  least('technique-atomic', 'stop', 'stopped', 45),
  ...['ci', 'nl2bash', 'tldr', 'dcg', 'intercode'].map((name) =>
    most(`ordinary-${name}`, 'denied', 0.5)
  ),
  most('ordinary-ci', 'stopped', 1.5),
  most('ordinary-nl2bash', 'stopped', 1),
  most('ordinary-tldr', 'stopped', 1.2),
]

export const AIMS: readonly Aim[] = [
  ...SPEED,
  ...HOSTILE,
  ...DASHBOARD,
  ...EXECUTABLE,
  ...PRELOAD,
  ...HOOKS,
  ...MCP,
  ...CLIENTS,
  ...AUDIT,
  ...APPROVALS,
  ...STORE,
  ...FLEET,
  ...RULES,
  ...STREAM,
  ...DETECTION,
]

/** The table of aims; one whose figure was not measured says so, it does not vanish. */
export function benchAims(figures: Figures): string {
  const rows = AIMS.map((aim) => [
    aim.what,
    aim.least === undefined ? `≤ ${written(aim, aim.most!)}` : `≥ ${written(aim, aim.least)}`,
    verdict(aim, figures[aim.figure]) ?? 'not measured',
    verdict(aim, figures[`${aim.figure}.undisputed`]) ?? '',
  ])
  return table(['what', 'aim', 'this run', 'without disputed lines'], rows)
}

function verdict(aim: Aim, value: number | undefined): string | undefined {
  if (value === undefined) return undefined
  const isMet = value >= (aim.least ?? -Infinity) && value <= (aim.most ?? Infinity)
  return `${isMet ? 'met' : '**missed**'}: ${written(aim, value)}`
}

/** Digits enough that a missed aim never looks met: 1.24 % is no 1.2 %. */
function written({ unit }: Aim, value: number): string {
  const digits = Number.isInteger(value) ? 0 : unit === '%' || unit === '×' ? 2 : 1
  return `${value.toFixed(digits)} ${unit}`
}

function time(what: string, figure: string, limit: number, unit: Aim['unit']): Aim {
  return { what, figure, most: limit, unit }
}

type Share = 'stopped' | 'denied' | 'allowed'

function least(file: string, want: 'stop' | 'allow', share: Share, limit: number): Aim {
  return {
    what: named(file, want, share),
    figure: `${file}.${want}.${share}`,
    least: limit,
    unit: '%',
  }
}

function most(file: string, share: Share, limit: number): Aim {
  return {
    what: named(file, 'allow', share),
    figure: `${file}.allow.${share}`,
    most: limit,
    unit: '%',
  }
}

function named(file: string, want: string, share: Share): string {
  const label = file === 'evasions' ? ` (${want})` : ''
  return `\`${file}\`${label} ${share === 'stopped' ? 'denied or asked' : share}`
}
