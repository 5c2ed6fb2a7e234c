import type { Command, Flag } from './command.ts'
import { COMMON_FLAGS, TABLE } from './table.ts'

/** The overview: every command with its summary. */
export function overview(): string {
  const width = Math.max(...TABLE.map(({ name }) => name.length))
  const rows = TABLE.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return [
    'Rampart decides whether an AI agent may do what it is about to do.',
    '',
    'Usage: rampart COMMAND [FLAGS]',
    '',
    ...rows,
    '',
    'Every command explains itself: rampart COMMAND --help',
    'Example: rampart test "rm -rf /"',
    '',
  ].join('\n')
}

/** One command: usage, flags, an example. */
export function helpOf({ name, summary, operands, flags, example }: Command): string {
  return [
    `${summary}.`,
    '',
    `Usage: rampart ${name}${operands.text && ` ${operands.text}`} [FLAGS]`,
    '',
    ...flagRows([...flags, ...COMMON_FLAGS]),
    '',
    `Example: ${example}`,
    '',
  ].join('\n')
}

function flagRows(flags: readonly Flag[]): string[] {
  const heads = flags.map(({ name, value }) => `--${name}${value === undefined ? '' : ` ${value}`}`)
  const width = Math.max(...heads.map(({ length }) => length))
  return flags.map(({ help }, index) => `  ${heads[index]!.padEnd(width)}  ${help}`)
}
