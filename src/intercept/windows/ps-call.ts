import { emitPart } from '../shell/emit.ts'
import { readCmdCode } from './cmd-run.ts'
import type { Piece } from './syntax.ts'
import { dispatch } from './ps-dispatch.ts'
import { type Line, note, runCode, runScript } from './ps-run.ts'
import { fieldOf, literal, unknown, type Value, worst } from './value.ts'

type Member = Piece & { readonly kind: 'member' }

/** Methods of .NET that touch something, as the program that does the same: `1` is the first argument. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  downloadstring: ['curl', '1'],
  downloaddata: ['curl', '1'],
  downloadstringasync: ['curl', '1'],
  downloadstringtaskasync: ['curl', '1'],
  getstringasync: ['curl', '1'],
  getbytearrayasync: ['curl', '1'],
  getstreamasync: ['curl', '1'],
  getasync: ['curl', '1'],
  postasync: ['curl', '-d', '…', '1'],
  openread: ['curl', '1'],
  downloadfile: ['curl', '-o', '2', '1'],
  downloadfileasync: ['curl', '-o', '2', '1'],
  downloadfiletaskasync: ['curl', '-o', '2', '1'],
  uploadfile: ['curl', '-T', '2', '1'],
  uploadstring: ['curl', '-d', '2', '1'],
  uploaddata: ['curl', '-d', '2', '1'],
  tcpclient: ['nc', '1', '2'],
  connect: ['nc', '1', '2'],
}

/** The same for static methods, behind the last part of the type's name. */
const STATIC: Readonly<Record<string, readonly string[]>> = {
  'file::readalltext': ['cat', '1'],
  'file::readalllines': ['cat', '1'],
  'file::readallbytes': ['cat', '1'],
  'file::readlines': ['cat', '1'],
  'file::openread': ['cat', '1'],
  'file::opentext': ['cat', '1'],
  'file::open': ['tee', '1'],
  'file::writealltext': ['tee', '1'],
  'file::writealllines': ['tee', '1'],
  'file::writeallbytes': ['tee', '1'],
  'file::appendalltext': ['tee', '-a', '1'],
  'file::create': ['tee', '1'],
  'file::openwrite': ['tee', '1'],
  'file::delete': ['rm', '1'],
  'file::copy': ['cp', '1', '2'],
  'file::move': ['mv', '1', '2'],
  'directory::delete': ['rm', '-r', '1'],
  'directory::move': ['mv', '1', '2'],
  'directory::createdirectory': ['mkdir', '1'],
  'directory::getfiles': ['ls', '1'],
}

/** Methods that only make values out of values. */
const PURE =
  /^(?:to\w*|trim\w*|replace|split|substring|join|concat|format|insert|remove|padleft|padright|indexof|contains|startswith|endswith|add|addrange|count|where|foreach|getstring|getbytes|getchars|frombase64string|tobase64string|reverse|new|parse|tryparse|combine|getfilename|getextension|getdirectoryname|getfolderpath|getenvironmentvariable|isnullorempty|isnullorwhitespace|gettype|equals|compareto|gethashcode|addseconds|addminutes|addhours|adddays|round|floor|ceiling|max|min|abs|pow|sort|length|match|matches|ismatch|readtoend|close|dispose|clone|copyto|getenumerator|movenext|getmembers?|getmethods?|getproperty|psobject|containskey|keys|values|write|writeline|readline|readkey|append|appendline|next)$/

const CODE = /^(?:create|invokescript|newscriptblock|invokeexpression|addscript|addcommand)$/
const STARTS = /^(?:run|exec|shellexecute|shell|winexec)$/

/** What a member of a value gives; a call that touches anything is a part. */
export function callMember(
  line: Line,
  type: string,
  before: Value,
  member: Member,
  raw: string,
): Value {
  const { name, args } = member
  if (args === undefined) return propertyOf(before, name, raw)
  const given = args.pipelines.flatMap((pipeline) => {
    const { output } = runScript(line, { ...args, pipelines: [pipeline] }, false)
    return output.list ?? [output]
  })
  const kind = worst([before, ...given])
  const short = type.slice(type.lastIndexOf('.') + 1)
  const full = `${short}::${name}`
  const row = Object.hasOwn(STATIC, full)
    ? STATIC[full]
    : Object.hasOwn(CALLS, name)
    ? CALLS[name]
    : undefined
  if (row !== undefined) return callProgram(line, row, given, raw)
  if (name === 'start' && /process$/.test(short)) {
    const args = given.map((value) => ({ ...value, dashed: false, block: false, listed: false }))
    note(line, dispatch({ ...line, depth: line.depth + 1 }, raw, args, undefined))
    return unknown(raw, kind)
  }
  if (CODE.test(name) && given.length > 0) {
    const ran = runCode(line, given[0]!, raw, '')
    note(line, ran)
    return ran.output
  }
  if (STARTS.test(name) && given.length > 0) {
    note(line, readCmdCode(line, given[0]!, raw))
    return unknown(raw, kind)
  }
  if (name === 'frombase64string') return unknown(raw, 'text:decoded')
  const pure = pureValue(name, before, given)
  if (pure !== undefined) return pure
  // What a block or a script does was read where it was made.
  if (!PURE.test(name) && !/^(?:invoke|begininvoke|invokereturnasis)$/.test(name)) {
    const spelled = literal(type === '' ? `.${name}` : `[${type}]::${name}`)
    const fields = [
      fieldOf(name === '' ? unknown(raw) : spelled, false),
      ...given.map((value) => fieldOf(value, true, false)),
    ]
    note(line, { parts: [emitPart(line.reader, line.scope, { raw, fields })], words: raw })
  }
  return unknown(raw, kind === '' ? 'text:unknown' : kind)
}

/** A property of what is not known comes from the same place. */
function propertyOf(before: Value, name: string, raw: string): Value {
  if (/^(?:fullname|path|pspath|providerpath|name|value|source|definition)$/.test(name)) {
    return before
  }
  return unknown(raw, before.kind === '' ? 'text:unknown' : before.kind)
}

function callProgram(
  line: Line,
  row: readonly string[],
  given: readonly Value[],
  raw: string,
): Value {
  const words = row.map((word): Value =>
    /^\d$/.test(word) ? given[Number(word) - 1] ?? unknown('…') : literal(word)
  )
  const fields = words.map((value, i) => fieldOf(value, i > 0, false))
  const index = emitPart(line.reader, line.scope, {
    raw,
    fields,
    unresolved: line.around.unresolved,
  })
  note(line, { parts: [index], words: words.map(({ text }) => text).join(' ') })
  return unknown(raw, row[0] === 'curl' || row[0] === 'nc' ? 'text:network' : 'text:unknown')
}

/** What methods of known texts give. */
function pureValue(name: string, before: Value, given: readonly Value[]): Value | undefined {
  const texts = given.map(({ text }) => text)
  if (!before.known || !given.every(({ known }) => known) || before.text.length > 4096) {
    return undefined
  }
  switch (name) {
    case 'tostring':
    case 'trim':
      return before
    case 'tolower':
    case 'tolowerinvariant':
      return literal(before.text.toLowerCase())
    case 'toupper':
      return literal(before.text.toUpperCase())
    case 'replace':
      if (texts.length !== 2 || texts[0] === '' || texts[1]!.length > 64) return undefined
      return literal(before.text.split(texts[0]!).join(texts[1]!))
    default:
      return undefined
  }
}
