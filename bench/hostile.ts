import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Figures, ROOT, RUNTIMES, type Section, table } from './common.ts'

interface Worst {
  readonly flood: string
  readonly value: number
}

/** The worst of lines that are made to cost more than their length, each in its best of five. */
export function benchHostile(): Section {
  const [program = '', ...args] = RUNTIMES['node']!
  const { status, stdout, stderr } = spawnSync(
    program,
    [...args, '--expose-gc', join(ROOT, 'bench/floods.ts')],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(stderr)
  const worst = JSON.parse(stdout) as Record<'mib' | 'longest' | 'chunk' | 'memory', Worst>
  const row = (what: string, { flood, value }: Worst, unit: string) => [
    what,
    `${value.toFixed(1)} ${unit}`,
    `\`${JSON.stringify(flood).slice(1, -1).replaceAll('|', '\\|')}\``,
  ]
  return {
    markdown: table(['the worst line', 'takes', 'made of'], [
      row('1 MiB under `standard` (over the limit of a command, so refused)', worst.mib, 'ms'),
      row('the longest that is read, 127 KiB, under `standard`', worst.longest, 'ms'),
      row('64 KiB under `standard` and 1,000 hostile rules of six kinds', worst.chunk, 'ms'),
      row('memory after one, above that before', worst.memory, 'MB'),
    ]),
    figures: Object.fromEntries(
      Object.entries(worst).map(([key, { value }]) => [`hostile.${key}`, value]),
    ) satisfies Figures,
  }
}
