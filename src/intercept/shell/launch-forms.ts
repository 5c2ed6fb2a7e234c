import { foundBy } from './find.ts'
import { APPENDED, type Inner } from './launch.ts'
import type { Launcher } from './launcher-row.ts'
import { CONTAINER } from './launchers.ts'
import { readArguments } from './options.ts'
import { baseName } from './program.ts'
import { type Field, NOTHING } from './words.ts'

const argv = (fields: readonly Field[]): readonly Inner[] =>
  fields.length === 0 ? [] : [{ kind: 'argv', fields, assigns: [] }]
const code = (field: Field): Inner => ({ kind: 'code', code: field })

/** A launcher that is given no command; standard input may also be taken for something else. */
export function bareOf({ bare }: Launcher, fields: readonly Field[]): readonly Inner[] {
  if (bare !== true) return NONE
  const other = fields.some(({ text }) => /^(?:-F)?\/dev\/stdin$/.test(text) || ASKS.test(text))
  return other ? NONE : BARE
}

const ASKS = /^(?:--help|--version|-V)$/

const BARE: readonly Inner[] = [{ kind: 'input' }]
const NONE: readonly Inner[] = []

/** `poetry run CMD`, `aws-vault exec PROFILE -- CMD`. */
export function openVerb(fields: readonly Field[], row: Launcher): readonly Inner[] {
  const at = readArguments(fields, row, true).rest
  if (!row.verbs?.includes(fields[at]?.text ?? '')) return []
  const options = readArguments(fields, row, true, at + 1)
  let start = options.rest + (row.operands ?? 0)
  if (fields[start]?.text === '--') start++
  const rest = fields.slice(start)
  return rest.length === 0 ? bareOf(row, fields) : argv(rest)
}

/** Every operand is a script: `hyperfine 'a' 'b'`. */
export function openEach(fields: readonly Field[], row: Launcher): readonly Inner[] {
  return readArguments(fields, row, false).operands
    .filter(({ text }) => text !== '').map(code)
}

/** Places from which a `scan` takes a command to begin. */
const SCAN_LIMIT = 4

/** Programs that are looked for among words of which nobody knows which is the command. */
const COMMANDS = new Set(
  ('sh bash dash zsh ksh fish env sudo rm dd mkfs shred cat cp mv ln tar chmod chown curl wget nc ncat python ' +
    'python3 perl ruby node php find xargs kill pkill crontab ssh scp rsync git make tee sed awk eval')
    .split(' '),
)

const BASH: Field = { ...NOTHING, text: 'bash', shown: 'bash', bare: 'bash' }

/** `bwrap --bind / / rm -rf /`: the command begins somewhere behind options that take any number of words. */
export function openScan(fields: readonly Field[]): readonly Inner[] {
  const separator = fields.findIndex(({ text }) => text === '--')
  if (separator > 0) {
    const rest = fields.slice(separator + 1)
    // `capsh -- -c x`: options are those of a shell.
    return argv(rest[0]?.text.startsWith('-') ? [BASH, ...rest] : rest)
  }
  const found: Inner[] = []
  for (let i = 1; i < fields.length && found.length < SCAN_LIMIT; i++) {
    const name = baseName(fields[i]!)
    if (name !== undefined && COMMANDS.has(name)) found.push(...argv(fields.slice(i)))
    // A word that is several is a line of its own: `screen -X stuff 'rm -rf /'`.
    else if (/\s/.test(fields[i]!.text.trim())) found.push(code(fields[i]!))
  }
  return found
}

/** Substitutions in words that are evaluated once more; whatever else stands in them runs nothing. */
export function openExpanding(fields: readonly Field[]): readonly Inner[] {
  if (!fields.some(({ text }) => /\$\(|`/.test(text))) return []
  const texts = fields.slice(1).map(({ text }) => text)
  if (!evaluates(fields[0]!.text, texts)) return []
  const text = `: "${quoted(texts.join(' '))}"`
  return [code({ ...NOTHING, text, shown: text })]
}

/** Whether a builtin takes one of its words for arithmetic or for the name of an element. */
function evaluates(name: string, words: readonly string[]): boolean {
  if (name === 'let' || name === 'read' || name === 'unset') return true
  if (name === 'printf') return words[0] === '-v'
  if (/^(?:test|\[\[?)$/.test(name)) return words.some((word) => COMPARES.test(word))
  return words.some((word) => /^[A-Za-z_]\w*\[/.test(word))
}

const COMPARES = /^-(?:v|R|eq|ne|lt|le|gt|ge)$/

const quoted = (text: string): string => text.replace(/["\\]/g, '\\$&')

const EXEC = new Set(['-exec', '-execdir', '-ok', '-okdir', '-x', '-X', '--exec', '--exec-batch'])

/** `fd PATTERN PATH -x COMMAND`: what is found below the path stands behind the command. */
function foundByFd(fields: readonly Field[], at: number): Field {
  const operands = fields.slice(1, at).filter(({ text }) => !text.startsWith('-'))
  const [pattern, path] = operands
  if (path === undefined) return APPENDED
  if (pattern!.text === '.' || pattern!.text === '') return { ...path, known: false }
  if (!/^[~/]/.test(path.text) || !/^[\w.-]+$/.test(pattern!.text)) return APPENDED
  return { ...path, text: `${path.text.replace(/\/$/, '')}/…/…/${pattern!.text}`, known: false }
}

/** `find … -exec COMMAND {} ;`, `fd -x COMMAND`. */
export function openFind(fields: readonly Field[]): readonly Inner[] {
  const inner: Inner[] = []
  const base = baseName(fields[0]!)
  for (let i = 1; i < fields.length; i++) {
    const { text } = fields[i]!
    if (!text.startsWith('-') || !EXEC.has(text)) continue
    let end = i + 1
    while (end < fields.length && fields[end]!.text !== ';') {
      if (fields[end]!.text === '+' && fields[end - 1]!.text === '{}') break
      end++
    }
    const found = foundBy(fields.slice(0, i))
    const command = fields.slice(i + 1, end).map((field) =>
      field.text.includes('{}')
        ? {
          ...field,
          known: false,
          text: field.text.replaceAll('{}', () => found ?? '{}'),
          tilde: found?.startsWith('~') === true && field.text.startsWith('{}'),
          glob: /[*?[]/.test(found ?? ''),
        }
        : field
    )
    if (base === 'fd' || base === 'fdfind') {
      if (!command.some(({ known }) => !known)) command.push(foundByFd(fields, i))
    }
    if (command.length > 0) inner.push({ kind: 'argv', fields: command, assigns: [] })
    i = end
  }
  return inner
}

/** `docker exec [options] NAME COMMAND`, `docker run [options] IMAGE COMMAND`, `kubectl exec POD -- …`. */
export function openContainer(fields: readonly Field[]): readonly Inner[] {
  const table = { takes: 'HDcnf', long: CONTAINER.long }
  let at = readArguments(fields, table, true).rest
  while (CONTAINER.groups.has(fields[at]?.text ?? '')) {
    at = readArguments(fields, table, true, at + 1).rest
  }
  const operands = CONTAINER.runs.get(fields[at]?.text ?? '')
  if (operands === undefined) return []
  const takes = [...CONTAINER.short].filter((letter) => !CONTAINER.flags.includes(letter)).join('')
  const options = readArguments(fields, { takes, long: CONTAINER.long }, true, at + 1)
  const separator = fields.findIndex(({ text }, i) => i > at && text === '--')
  const start = separator > options.rest ? separator + 1 : options.rest + operands
  const rest = fields.slice(start)
  return rest.length === 0 ? [] : [{ kind: 'argv', fields: rest, assigns: [] }]
}
