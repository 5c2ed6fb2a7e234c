import { emitPart } from '../shell/emit.ts'
import { DEPTH_LIMIT } from '../shell/limits.ts'
import { type Builtin, BUILTINS, EXTERNALS } from './builtins.ts'
import { assign } from './cmd-run.ts'
import { programName } from './paths.ts'
import { type Argument, emitted, moved, tooDeep } from './ps-dispatch.ts'
import type { Line, Ran } from './ps-run.ts'
import { fieldOf, joined, literal, NOTHING, unknown, type Value } from './value.ts'

/** Read one command of cmd.exe whose words are known as far as they can be. */
export function cmdDispatch(
  line: Line,
  raw: string,
  words: readonly Argument[],
  feed: Value | undefined,
): Ran {
  if (line.depth > DEPTH_LIMIT) return tooDeep(line, raw, words)
  const [first, ...args] = taken(words)
  if (first === undefined) return bare(line, raw)
  const name = first.known ? programName(first.text) : ''
  switch (name) {
    case 'set':
      return assign(line, raw, args)
    case 'cd':
    case 'chdir':
    case 'pushd':
      return moved(line, raw, args.find(({ text }) => !/^\/d$/i.test(text)))
    case 'call':
      return args[0]?.text.startsWith(':') !== false
        ? { parts: [], words: raw, output: NOTHING }
        : cmdDispatch({ ...line, depth: line.depth + 1 }, raw, args, feed)
    case 'start':
      return started(line, raw, args)
  }
  const row = BUILTINS.get(name)
  if (row !== undefined) return runBuiltin(line, raw, name, row, args)
  return emitted(line, raw, words, feed)
}

/** Redirections alone: they empty or make a file. */
function bare(line: Line, raw: string): Ran {
  const { targets } = line.around
  const parts = targets.length === 0 ? [] : [emitPart(line.reader, line.scope, { raw, targets })]
  return { parts, words: raw, output: NOTHING }
}

/** `rd/s/q C:\`, `cd..`, `echo.x`: a builtin ends where a name must end. */
function taken(words: readonly Argument[]): readonly Argument[] {
  const [first, ...args] = words
  if (first === undefined || !first.known) return words
  const match = /^(\w+)([./\\,;=+[\]:(].*)$/s.exec(first.text)
  const name = (match?.[1] ?? '').toLowerCase()
  if (
    match === null || (!BUILTINS.has(name) && !/^(?:cd|chdir|set|call|start|pushd)$/.test(name))
  ) return words
  const rest = match[2]!.replace(/^[,;=:(+[\]]|^\.(?=[^.\\])|^\.$/, '')
  const glued = rest === '' ? [] : [{ ...first, ...literal(rest), dashed: rest.startsWith('/') }]
  return [{ ...first, ...literal(name) }, ...glued, ...args]
}

/** `start "title" /wait program …` */
function started(line: Line, raw: string, args: readonly Argument[]): Ran {
  let at = args[0]?.quoted === true ? 1 : 0
  while (args[at]?.text.startsWith('/')) {
    at += /^\/(?:d|node|affinity|machine)$/i.test(args[at]!.text) ? 2 : 1
  }
  const rest = args.slice(at).map((arg) => ({ ...arg, quoted: false }))
  if (rest.length > 0) return cmdDispatch({ ...line, depth: line.depth + 1 }, raw, rest, undefined)
  const index = emitPart(line.reader, line.scope, {
    raw,
    fields: [literal('start'), ...args].map((v) => fieldOf(v, false)),
    launched: true,
  })
  return { parts: [index], words: raw, output: unknown(raw) }
}

export function externalOf(name: string): Builtin | undefined {
  return EXTERNALS.get(name)
}

/** A builtin in the words of the program that does the same. */
export function runBuiltin(
  line: Line,
  raw: string,
  name: string,
  row: Builtin,
  args: readonly Argument[],
): Ran {
  const { reader, scope, around } = line
  const { switches = {}, plain } = row
  const options: Value[] = []
  const operands: Value[] = []
  for (const arg of args.flatMap((one) => plain ? [one] : separated(one, name === 'copy'))) {
    const given = !plain && !arg.quoted && /^(?:\/[\w?-][^/\\]*)+$/.test(arg.text)
      ? arg.text.slice(1).split('/')
      : undefined
    if (given === undefined) operands.push(arg)
    else for (const letter of given) options.push(optionOf(letter.toLowerCase(), switches))
  }
  const program = row.program === '' ? name : row.program
  const fields = [
    ...program.split(' ').map(literal),
    ...options.filter(({ text }) => text !== ''),
  ].map((value) => fieldOf(value, false))
  const files = operands.map((value, i) => {
    const path = plain !== true && !(row.first === '-' && i === 0)
    return fieldOf(value, path)
  })
  const all = [...fields, ...(row.reversed ? files.reverse() : files)]
  const index = emitPart(reader, scope, {
    raw,
    assigns: around.assigns,
    fields: all,
    targets: around.targets,
    unresolved: around.unresolved,
  })
  const output = program === 'echo' ? joined(operands, ' ') : unknown(raw)
  return { parts: [index], words: all.map(({ text }) => text).join(' '), output }
}

function optionOf(letter: string, switches: Readonly<Record<string, string>>): Value {
  const short = letter.slice(0, 1)
  if (Object.hasOwn(switches, letter)) return literal(switches[letter]!)
  if (/^.(?::|$)/.test(letter) && Object.hasOwn(switches, short)) return literal(switches[short]!)
  return literal(`--${letter.replace(':', '=')}`)
}

/** `copy a+b c`, `del a,b` */
function separated(value: Argument, sums: boolean): readonly Argument[] {
  const marks = sums ? /[,;+]/ : /[,;]/
  if (!value.known || value.quoted || !marks.test(value.text)) return [value]
  const texts = value.text.split(marks).filter((text) => text !== '')
  return texts.map((text) => ({ ...value, ...literal(text), dashed: text.startsWith('/') }))
}
