import { emitPart } from '../shell/emit.ts'
import { externalOf, runBuiltin } from './cmd-dispatch.ts'
import { readCmdCode } from './cmd-run.ts'
import { openWindowsShell } from './open.ts'
import { type Argument, emitted } from './ps-dispatch.ts'
import type { Line, Ran } from './ps-run.ts'
import { fieldOf, joined, literal, unknown, type Value } from './value.ts'

/** Read a program of Windows that runs another, fetches, or has a twin elsewhere; undefined for others. */
export function windowsProgram(
  line: Line,
  raw: string,
  name: string,
  args: readonly Argument[],
  feed: Value | undefined,
): Ran | undefined {
  const shell = openWindowsShell(line, raw, name, args, feed)
  if (shell !== undefined) return shell
  const row = externalOf(name)
  if (row !== undefined) return runBuiltin(line, raw, name, row, args)
  return Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name]!(line, raw, args) : undefined
}

type Run = (line: Line, raw: string, args: readonly Argument[]) => Ran | undefined

const URL = /^(?:https?|ftp):\/\//i

/** Add the words of a program as a part. */
function part(
  { reader, scope, around }: Line,
  raw: string,
  words: readonly Value[],
  unresolved: readonly string[] = [],
): Ran {
  const fields = words.map((word, i) => fieldOf(word, i > 0 && !word.text.startsWith('-'), false))
  const index = emitPart(reader, scope, {
    raw,
    assigns: around.assigns,
    fields,
    targets: around.targets,
    unresolved: [...around.unresolved, ...unresolved],
  })
  const kind = words[0]!.text === 'curl' ? 'text:network' : 'text:unknown'
  return {
    parts: [index],
    words: fields.map(({ text }) => text).join(' '),
    output: unknown(raw, kind),
  }
}

/** A URL, and where what it holds is put. */
function fetched(line: Line, raw: string, args: readonly Argument[]): Ran | undefined {
  const at = args.findIndex(({ text }) => URL.test(text))
  if (at < 0) return undefined
  const file = args[at + 1]
  const written = file === undefined || file.dashed ? [] : [literal('-o'), file]
  return part(line, raw, [literal('curl'), ...written, args[at]!])
}

/** Programs that run what stands behind a URL. */
function runsUrl(line: Line, raw: string, args: readonly Argument[]): Ran | undefined {
  const name = literal(/^\W*([\w.-]+)/.exec(raw)?.[1] ?? 'run')
  const remote = args.some(({ text }) =>
    /https?:\/\/|^\/i:\\\\|^(?:javascript|vbscript):/i.test(text)
  )
  const words = args.map((arg) => ({
    ...arg,
    ...literal(arg.text.replace(/^\/i:(?=https?:)/i, '')),
  }))
  return part(line, raw, [name, ...words], remote ? ['text:network'] : [])
}

/** Code for cmd.exe in one of the arguments, beside the program itself. */
function beside(
  line: Line,
  raw: string,
  name: string,
  args: readonly Argument[],
  code: Value | undefined,
): Ran {
  const inner = code === undefined ? undefined : readCmdCode(line, code, raw)
  const fields = [literal(name), ...args].map((value) => fieldOf(value, false))
  const index = emitPart(line.reader, line.scope, {
    raw,
    fields,
    targets: line.around.targets,
    launched: true,
  })
  return { parts: [...inner?.parts ?? [], index], words: raw, output: unknown(raw) }
}

const PROGRAMS: Readonly<Record<string, Run>> = {
  certutil(line, raw, args) {
    const has = (name: RegExp) => args.some(({ text }) => name.test(text))
    if (has(/^[-/](?:urlcache|verifyctl)$/i)) return fetched(line, raw, args)
    const files = args.filter(({ dashed }) => !dashed)
    if (!has(/^[-/](?:decode|encode|decodehex|encodehex)$/i) || files.length < 2) return undefined
    const around = {
      ...line.around,
      targets: [...line.around.targets, { operator: '>', field: fieldOf(files[1]!, true, false) }],
    }
    const decodes = has(/^[-/]decode/i) ? [literal('-d')] : []
    return part({ ...line, around }, raw, [literal('base64'), ...decodes, files[0]!])
  },
  bitsadmin: fetched,
  mshta: runsUrl,
  regsvr32: runsUrl,
  rundll32: runsUrl,
  msiexec: runsUrl,
  robocopy(line, raw, args) {
    const has = (name: RegExp) => args.some(({ text }) => name.test(text))
    const dirs = args.filter(({ text, quoted }) => quoted || !text.startsWith('/')).slice(0, 2)
    const words = has(/^\/(?:mir|purge)$/i)
      ? ['rsync', '-a', '--delete']
      : has(/^\/(?:mov|move)$/i)
      ? ['mv']
      : has(/^\/(?:s|e)$/i)
      ? ['cp', '-r']
      : ['cp']
    if (words[0] === 'rsync') {
      // A drive would be taken for a host.
      const paths = dirs.map((value) => ({ ...value, text: fieldOf(value, true).text }))
      return part(line, raw, [...words.map(literal), ...paths])
    }
    return part(line, raw, [...words.map(literal), ...dirs])
  },
  wsl(line, raw, args) {
    let at = 0
    while (args[at]?.text.startsWith('-') && !/^(?:--|-e|--exec)$/.test(args[at]!.text)) {
      at += /^(?:-d|-u|--distribution|--user|--cd|--shell-type)$/.test(args[at]!.text) ? 2 : 1
    }
    if (/^(?:--|-e|--exec)$/.test(args[at]?.text ?? '')) at++
    return at >= args.length
      ? undefined
      : emitted({ ...line, depth: line.depth + 1 }, raw, args.slice(at), undefined)
  },
  forfiles(line, raw, args) {
    const at = args.findIndex(({ text }) => /^[/-]c$/i.test(text))
    return beside(line, raw, 'forfiles', args, at < 0 ? undefined : args[at + 1])
  },
  runas(line, raw, args) {
    return beside(line, raw, 'runas', args, args.filter(({ text }) => !text.startsWith('/')).at(-1))
  },
  wmic(line, raw, args) {
    const at = args.findIndex(({ text }) => /^create$/i.test(text))
    const code = at < 0 ? undefined : joined(args.slice(at + 1), ' ')
    return beside(line, raw, 'wmic', args, code)
  },
  conhost(line, raw, args) {
    return args.length === 0
      ? undefined
      : emitted({ ...line, depth: line.depth + 1 }, raw, args, undefined)
  },
}
