import type { Json, Subject } from '../engine/types.ts'
import {
  COMMAND_FIELDS,
  COMMAND_LIMIT,
  fieldsNamed,
  type Found,
  HERE_LIMIT,
  LIST_LIMIT,
  missing,
  oneValue,
  type Params,
  textAt,
  wrong,
} from './params.ts'
import type { Place } from './path.ts'
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
  const line = commandLine(params, shell)
  const read = (language: ToolRow['shell']) =>
    language === undefined
      ? readCommandLine(line, place, scripts)
      : readWindowsLine(line, place, language)
  const own = read(shell)
  const claimed = claimedShell(params)
  return claimed === undefined || claimed === shell ? own : both(own, read(claimed))
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

/** Two readings of one line: a permission needs all that either holds. */
function both(one: Reading, other: Reading): Reading {
  const at = one.subjects.length
  const moved = other.subjects.map((subject): Subject => ({
    ...subject,
    ...(subject.parts === undefined ? {} : { parts: subject.parts.map((part) => part + at) }),
    ...(subject.of === undefined ? {} : { of: subject.of + at }),
  }))
  return {
    subjects: [...one.subjects, ...moved],
    complete: one.complete && other.complete,
    scripts: [...one.scripts ?? [], ...other.scripts ?? []],
  }
}

/** The line that would run; arguments given one by one are quoted, so that each stays one word. */
export function commandLine(params: Params, shell: ToolRow['shell']): string {
  const given = oneValue(params, COMMAND_FIELDS) ?? oneValue(params, ['argv'])
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

/** A word that a shell reads back as this text. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_./:@%+,=-]+$/.test(word) && !/^[^/]*=/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`
}

/** The same for PowerShell and cmd.exe. */
function windowsQuote(word: string, shell: 'powershell' | 'cmd'): string {
  if (/^[A-Za-z0-9_./:\\-]+$/.test(word)) return word
  return shell === 'powershell' ? `'${word.replaceAll("'", "''")}'` : `"${word}"`
}
