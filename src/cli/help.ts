import type { Command, Flag } from './command.ts'
import { COMMON_FLAGS, TABLE } from './table.ts'

/** The overview: every command with its summary, or those that begin with one word. */
export function overview(group?: string): string {
  const shown = TABLE.filter(({ name }) => group === undefined || name.startsWith(`${group} `))
  const width = Math.max(...shown.map(({ name }) => name.length))
  const rows = shown.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return [
    'Rampart decides whether an AI agent may do what it is about to do.',
    '',
    `Usage: rampart ${group === undefined ? 'COMMAND' : `${group} COMMAND`} [FLAGS]`,
    '',
    ...rows,
    '',
    'Every command explains itself: rampart COMMAND --help',
    `Example: ${group === undefined ? 'rampart test "rm -rf /"' : shown[0]!.example}`,
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
  const heads = flags.map(({ name, short, value }) =>
    `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
  )
  const width = Math.max(...heads.map(({ length }) => length))
  return flags.map(({ help }, index) => `  ${heads[index]!.padEnd(width)}  ${help}`)
}
