import type { Json } from '../engine/types.ts'
import {
  COMMAND_FIELDS,
  COMMAND_LIMIT,
  fieldsNamed,
  type Found,
  HERE_LIMIT,
  invalid,
  LIST_LIMIT,
  missing,
  oneValue,
  type Params,
  textAt,
  wrong,
} from './params.ts'
import type { Place } from './path.ts'
import { readProgram } from './program-call.ts'
import { shellQuote } from './shell/quote.ts'
import { bothReadings } from './shell/read-argv.ts'
import { readBytes } from './shell/read-bytes.ts'
import { readCommandLine, type Reading } from './shell/read.ts'
import type { ToolRow } from './tools.ts'
import { programName } from './windows/paths.ts'
import { readWindowsLine } from './windows/read.ts'

/**
 * What a tool that runs commands would do: each simple command, its effects, and the spans. A `shell`
 * among the params says which language the line is in; an agent may have put it there, so the line is
 * read as what the tool's name says, too.
 */
export function readExec(
  { shell }: ToolRow,
  params: Params,
  place: Place,
  scripts?: ReadonlyMap<string, string>,
): Reading {
  const claimed = claimedShell(params)
  const words = shell === undefined && claimed === undefined ? argvOf(params) : undefined
  if (words !== undefined) return readProgram(words, params, place, scripts)
  const line = commandLine(params, shell)
  const read = (language: ToolRow['shell']) =>
    language === undefined
      ? readBytes(readCommandLine(line, place, scripts))
      : readWindowsLine(line, place, language)
  const own = read(shell)
  return claimed === undefined || claimed === shell ? own : bothReadings(own, read(claimed))
}

/** A line or arguments, never both: nobody knows which of them runs. */
function givenCommand(params: Params): Found<Json> | undefined {
  const line = oneValue(params, COMMAND_FIELDS)
  const argv = oneValue(params, ['argv'])
  if (line === undefined || argv === undefined) return line ?? argv
  const same = JSON.stringify(line.value) === JSON.stringify(argv.value)
  if (same) return argv
  throw invalid(
    'A command and its arguments differ',
    [line, argv].map(({ pointer }) => ({
      pointer,
      detail: 'Send a line or its arguments, not both',
    })),
  )
}

/** The arguments of a call that gives them one by one and in no other way. */
function argvOf(params: Params): readonly string[] | undefined {
  const given = givenCommand(params)
  if (given === undefined || !Array.isArray(given.value) || given.value.length === 0) {
    return undefined
  }
  const more = oneValue(params, ['args', 'arguments'])
  if (more !== undefined && !Array.isArray(more.value)) return undefined
  return [...wordsAt(given), ...(more === undefined ? [] : wordsAt(more))]
}

function wordsAt({ value, pointer }: Found<Json>): readonly string[] {
  return (value as readonly Json[]).map((word, i) => {
    if (typeof word !== 'string') throw wrong(`${pointer}/${i}`, 'must be a string')
    if (word.includes('\0')) throw wrong(`${pointer}/${i}`, 'must not hold a NUL character')
    return word
  })
}

/** The shell that the params name, where it is one of Windows. */
function claimedShell(params: Params): ToolRow['shell'] {
  for (const { value } of fieldsNamed(params, ['shell'])) {
    if (typeof value !== 'string' || value.length > 1024) continue
    const name = programName(value)
    if (/^(?:powershell|pwsh)/.test(name)) return 'powershell'
    if (name === 'cmd') return 'cmd'
  }
  return undefined
}

/** The line that would run; arguments given one by one are quoted, so that each stays one word. */
export function commandLine(params: Params, shell: ToolRow['shell']): string {
  const given = givenCommand(params)
  if (given === undefined) throw missing(COMMAND_FIELDS)
  if (Array.isArray(given.value) && given.value.length === 0) {
    throw wrong(given.pointer, 'must not be empty')
  }
  const line = Array.isArray(given.value) ? quotedList(given, shell) : lineAt(given, shell)
  const args = oneValue(params, ['args', 'arguments'])
  if (args === undefined) return line
  if (typeof args.value === 'string') {
    return args.value.trim() === '' ? line : `${line} ${textAt(args, COMMAND_LIMIT)}`
  }
  return `${line} ${quotedList(args, shell)}`
}

/** Data of here-documents is not counted; the reader of the line finds out how much is data. */
function lineAt(given: Found<Json>, shell: ToolRow['shell']): string {
  const here = shell === undefined && typeof given.value === 'string' && given.value.includes('<<')
  return textAt(given, here ? HERE_LIMIT : COMMAND_LIMIT)
}

function quotedList({ value, pointer }: Found<Json>, shell: ToolRow['shell']): string {
  if (!Array.isArray(value)) throw wrong(pointer, 'must be a list of strings')
  if (value.length === 0) return ''
  if (value.length > LIST_LIMIT) throw wrong(pointer, `must have at most ${LIST_LIMIT} entries`)
  const words = value.map((word: Json, i) => {
    if (typeof word !== 'string') throw wrong(`${pointer}/${i}`, 'must be a string')
    if (word.includes('\0')) throw wrong(`${pointer}/${i}`, 'must not hold a NUL character')
    return shell === undefined ? shellQuote(word) : windowsQuote(word, shell)
  })
  const line = words.join(' ')
  if (line.length > COMMAND_LIMIT) {
    throw wrong(pointer, `must be at most ${COMMAND_LIMIT} characters long`)
  }
  return line
}

/** A word that PowerShell or cmd.exe reads back as this text. */
function windowsQuote(word: string, shell: 'powershell' | 'cmd'): string {
  if (/^[A-Za-z0-9_./:\\-]+$/.test(word)) return word
  return shell === 'powershell' ? `'${word.replaceAll("'", "''")}'` : `"${word}"`
}
