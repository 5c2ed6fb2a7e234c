import { emitPart } from '../shell/emit.ts'
import { kindOf } from '../shell/kinds.ts'
import { DEPTH_LIMIT } from '../shell/limits.ts'
import { type Around, expansion, type Ran as ShellRan } from '../shell/ran.ts'
import { copyOf, type Reader, type Scope } from '../shell/scope.ts'
import type { Field } from '../shell/words.ts'
import { readCmdCode } from './cmd-run.ts'
import { isWindowsShell, programName } from './paths.ts'
import type { Argument } from './ps-dispatch.ts'
import { type Done, type Line, type Ran, runPowerShell } from './ps-run.ts'
import { fieldOf, joined, literal, unknown, type Value } from './value.ts'

/** What a shell of Windows is told to run. */
interface Told {
  readonly language: 'powershell' | 'cmd'
  readonly code?: Value | undefined
  /** Kinds of what is not known of it. */
  readonly unresolved: readonly string[]
  /** It reads its standard input. */
  readonly input: boolean
}

/** A command of a POSIX shell that calls PowerShell or cmd.exe; undefined for every other. */
export function launchWindows(
  reader: Reader,
  raw: string,
  fields: readonly Field[],
  scope: Scope,
  depth: number,
  around: Around,
): ShellRan | undefined {
  const first = fields[0]
  if (first === undefined || !first.known || !isWindowsShell(first.text)) return undefined
  const args = fields.slice(1).map((field): Argument => {
    const kind = field.output === undefined
      ? ''
      : kindOf(field.output.commands, expansion(reader, scope))
    const { text, known, bare } = field
    return { text, known, bare, kind, dashed: /^[-/]./.test(text), block: false, listed: false }
  })
  const feed = around.feed.text === undefined ? undefined : literal(around.feed.text)
  const line: Line = lineOf(reader, copyOf(scope), depth, around)
  const name = programName(first.text)
  const ran = openWindowsShell(line, raw, name, args, feed)
  if (ran === undefined) return undefined
  const { parts, words } = ran
  return { parts: [...parts], words, assigns: around.assigns.map(({ name }) => name) }
}

export function lineOf(reader: Reader, scope: Scope, depth: number, around: Around): Line {
  return { reader, scope, depth, around, variables: new Map(), aliases: new Map(), inner: [] }
}

/** Read what PowerShell or cmd.exe is told to run: parts of its own, beside the one for the shell. */
export function openWindowsShell(
  line: Line,
  raw: string,
  name: string,
  args: readonly Argument[],
  feed: Value | undefined,
): Ran | undefined {
  const told = /^(?:powershell|pwsh)(?:-preview)?$/.test(name)
    ? powerShellTold(name, args)
    : name === 'cmd'
    ? cmdTold(args)
    : undefined
  if (told === undefined) return undefined
  const { reader, scope, around } = line
  const kinds = [...told.unresolved]
  const code = told.code ?? (told.input ? feed : undefined)
  if (told.input && feed === undefined && around.feed.unresolved !== '') {
    kinds.push(around.feed.unresolved)
  }
  if (told.input && feed !== undefined && !feed.known) {
    kinds.push(feed.kind === '' ? 'text:unknown' : feed.kind)
  }
  const inner = code === undefined
    ? { parts: [], words: raw }
    : readCode(line, told, code, kinds, raw)
  const fields = [literal(name), ...args].map((value) => fieldOf({ ...value, known: true }, false))
  const index = emitPart(reader, scope, {
    raw,
    assigns: around.assigns,
    fields,
    targets: around.targets,
    unresolved: [...around.unresolved, ...kinds],
    launched: true,
  })
  const words = [name, ...args.map(({ text }) => text)].join(' ')
  return { parts: [...inner.parts, index], words, output: unknown(raw) }
}

function readCode(line: Line, { language }: Told, code: Value, kinds: string[], raw: string): Done {
  const inner: Line = {
    ...lineOf(line.reader, copyOf(line.scope), line.depth + 1, {
      ...line.around,
      feed: { unresolved: '' },
    }),
  }
  if (code.text.length > line.reader.budget.code || line.depth >= DEPTH_LIMIT) {
    line.reader.budget.bound = true
    kinds.push('bound')
    return { parts: [], words: raw }
  }
  if (!code.known && (code.kind !== '' || /^\s*\$\w+\s*$/.test(code.text))) {
    if (!kinds.includes(code.kind)) kinds.push(code.kind === '' ? 'text:unknown' : code.kind)
  }
  if (language === 'cmd') return readCmdCode(inner, code, raw)
  line.reader.budget.code -= code.text.length
  return runPowerShell(inner, code.text)
}

const TAKES =
  /^(?:ex\w*|ep|w|win\w*|windowstyle|v|ver\w*|version|inputf\w*|inp|if|o|out\w*|of|config\w*|psc\w*|custom\w*|settings\w*|wd|wo\w*|ea|encodeda\w*)$/

/** Options by any beginning that means one of them, with `-` or `/`, in any case. */
function powerShellTold(name: string, args: readonly Argument[]): Told {
  const language = 'powershell'
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    const option = /^(?:--?|\/|[\u2013-\u2015])([a-z]+)(?::(.*))?$/is.exec(arg.text)
    const rest = args.slice(i + 1)
    if (option === null) {
      if (arg.text === '-') return { language, unresolved: [], input: true }
      if (isScript(arg.text) && (name === 'pwsh' || rest.every(({ known }) => known))) {
        return { language, unresolved: ['script-unreadable'], input: false }
      }
      return { language, code: joined(args.slice(i), ' '), unresolved: [], input: false }
    }
    const key = option[1]!.toLowerCase()
    const given = option[2] === undefined ? rest[0] : { ...arg, text: option[2] }
    if ('command'.startsWith(key) || 'commandwithargs'.startsWith(key) || key === 'cwa') {
      if (rest[0]?.text === '-' || given === undefined) {
        return { language, unresolved: [], input: true }
      }
      const code = option[2] === undefined ? joined(rest, ' ') : given
      return { language, code, unresolved: [], input: false }
    }
    if ('encodedcommand'.startsWith(key) || key === 'ec') return encoded(given)
    if ('file'.startsWith(key)) {
      if (given?.text === '-') return { language, unresolved: [], input: true }
      return { language, unresolved: ['script-unreadable'], input: false }
    }
    if (TAKES.test(key) && option[2] === undefined) i++
    if (/^(?:\?|h|help|version)$/.test(key) && name === 'pwsh') {
      return { language, unresolved: [], input: false }
    }
  }
  return { language, unresolved: [], input: true }
}

function isScript(text: string): boolean {
  return /^[^\s;|&$'"]+\.ps1$/i.test(text)
}

/** Longest text that Windows takes as a command line, encoded. */
const ENCODED_LIMIT = 65_536

/** Base64 of UTF-16, as `-EncodedCommand` takes it. */
function encoded(given: Value | undefined): Told {
  const language = 'powershell'
  const hidden: Told = { language, unresolved: ['text:decoded'], input: false }
  if (given === undefined || !given.known) return hidden
  const text = given.text.replace(/\s/g, '')
  if (text.length > ENCODED_LIMIT || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return hidden
  let bytes: string
  try {
    bytes = atob(text)
  } catch {
    return hidden
  }
  let code = ''
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    code += String.fromCharCode(bytes.charCodeAt(i) | (bytes.charCodeAt(i + 1) << 8))
  }
  return { language, code: literal(code), unresolved: [], input: false }
}

/** `/c`, `/k`, `/r` and what stands behind, other options in front; undefined without any of them. */
function cmdTold(args: readonly Argument[]): Told | undefined {
  const language = 'cmd'
  const at = args.findIndex(({ text }) => /^\/{1,2}[ckr]/i.test(text))
  if (at < 0 || !args.slice(0, at).every(({ text }) => text.startsWith('/'))) return undefined
  const glued = args[at]!.text.replace(/^\/{1,2}[ckr]/i, '')
  const rest = [...(glued === '' ? [] : [{ ...args[at]!, text: glued }]), ...args.slice(at + 1)]
  // Words that the calling shell kept together stay together.
  const words = rest.length === 1
    ? rest
    : rest.map((arg) =>
      /\s/.test(arg.text) && !arg.text.includes('"') ? { ...arg, text: `"${arg.text}"` } : arg
    )
  return { language, code: joined(words, ' '), unresolved: [], input: false }
}
