import type { Json } from '../engine/types.ts'
import {
  COMMAND_FIELDS,
  COMMAND_LIMIT,
  type Found,
  LIST_LIMIT,
  missing,
  oneValue,
  type Params,
  textAt,
  wrong,
} from './params.ts'
import type { Place } from './path.ts'
import { readCommandLine, type Reading } from './shell/read.ts'

/** What a tool that runs commands would do: each simple command, its effects, and the spans. */
export function readExec(params: Params, place: Place): Reading {
  return readCommandLine(commandLine(params), place)
}

/** The line that would run; arguments given one by one are quoted, so that each stays one word. */
function commandLine(params: Params): string {
  const given = oneValue(params, COMMAND_FIELDS) ?? oneValue(params, ['argv'])
  if (given === undefined) throw missing(COMMAND_FIELDS)
  if (Array.isArray(given.value) && given.value.length === 0) {
    throw wrong(given.pointer, 'must not be empty')
  }
  const line = Array.isArray(given.value) ? quotedList(given) : textAt(given, COMMAND_LIMIT)
  const args = oneValue(params, ['args', 'arguments'])
  if (args === undefined) return line
  if (typeof args.value === 'string') {
    return args.value.trim() === '' ? line : `${line} ${textAt(args, COMMAND_LIMIT)}`
  }
  return `${line} ${quotedList(args)}`
}

function quotedList({ value, pointer }: Found<Json>): string {
  if (!Array.isArray(value)) throw wrong(pointer, 'must be a list of strings')
  if (value.length === 0) return ''
  if (value.length > LIST_LIMIT) throw wrong(pointer, `must have at most ${LIST_LIMIT} entries`)
  const words = value.map((word: Json, i) => {
    if (typeof word !== 'string') throw wrong(`${pointer}/${i}`, 'must be a string')
    if (word.includes('\0')) throw wrong(`${pointer}/${i}`, 'must not hold a NUL character')
    return shellQuote(word)
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
