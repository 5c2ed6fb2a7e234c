import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { arch, cpus, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** The runtimes that the lock file pins, as commands that run a script. */
export const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  node: [join(ROOT, 'node_modules/.bin/node')],
  bun: [join(ROOT, 'node_modules/.bin/bun')],
  deno: [join(ROOT, 'node_modules/deno/deno'), 'run', '-A', '--no-check'],
}

export interface Spread {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly p999: number
}

/** What was measured, by a name that an aim can be held against. */
export type Figures = Readonly<Record<string, number>>

/** One part of the page. */
export interface Section {
  readonly markdown: string
  readonly figures: Figures
}

/** Nearest-rank percentiles of unsorted samples. */
export function spread(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (p: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), p999: at(0.999) }
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** What the figures were measured on. */
export function machine(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${cpu?.model.trim() || arch()}, ${memory} GiB, ${process.platform}`
}

/**
 * Command lines to measure with: a file of JSON lines with a `command`, or our own short list. The list
 * is part of every figure, so its origin is printed with it.
 */
export function commands(): { readonly origin: string; readonly list: readonly string[] } {
  const own = ['ordinary-ci', 'ordinary-nl2bash'].map((name) =>
    join(ROOT, '../shared/corpora', `${name}.jsonl`)
  )
  const given = process.env['RAMPART_BENCH_COMMANDS']?.split(':') ?? own
  if (!given.every((file) => existsSync(file))) return { origin: 'built-in list', list: OWN }
  const list = given.flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { command: string }).command)
  const names = given.map((file) => file.split('/').at(-1)).join(' and ')
  return { origin: `${list.length} lines of ${names}`, list }
}

export const hash = (texts: readonly string[]): string =>
  `sha256:${createHash('sha256').update(texts.join('\0')).digest('hex')}`

const OWN = [
  'git status',
  'git diff --stat HEAD~1',
  'npm ci && npm test -- --run',
  'rm -rf ./build dist',
  'grep -rn "TODO" src | head -20',
  'docker build -t app:latest . && docker push registry.test/app:latest',
  'for f in *.ts; do echo "$f"; done',
  'curl -fsSL https://example.test/install.json | jq -r .version',
  "find . -name '*.tmp' -mtime +7 -exec rm {} +",
  'FOO=1 make -j4 test 2>&1 | tee build.log',
]
