import { madeOf } from './kinds.ts'
import { CURL_PLAIN } from './silent.ts'
import type { Command } from './syntax.ts'
import { expandOne, expandWords, type Expansion, type Field } from './words.ts'

const LOCAL = /^file:\/\/(?:localhost)?(\/[^?#%{}[\]]*)$/i

/**
 * The one file whose text these commands print as it stands: `cat FILE`, `$(<FILE)` or
 * `curl file:///FILE`. Who runs that text runs a script of this machine. Undefined where they print more,
 * or where what they print also depends on something else.
 */
export function printedFile(
  commands: readonly Command[],
  expansion: Expansion,
): Field | undefined {
  const [command, ...others] = commands
  if (command === undefined || others.length > 0 || command.kind !== 'simple') return undefined
  if (command.bound || madeOf(command, expansion) !== undefined) return undefined
  const { words, redirects } = command
  const [redirect, ...more] = redirects.filter(({ raw }) => !/^2>/.test(raw))
  if (more.length > 0 || redirect?.body !== undefined) return undefined
  if (words.length === 0) {
    return redirect?.operator === '<' ? fileIn(redirect.target, expansion) : undefined
  }
  const fields = expandWords(words, expansion)
  if (redirect !== undefined || !fields.every(({ known, glob }) => known && !glob)) return undefined
  const [program, ...args] = fields
  const name = program!.text.slice(program!.text.lastIndexOf('/') + 1)
  if (name === 'cat') {
    const [file, ...rest] = args[0]?.text === '--' ? args.slice(1) : args
    const other = rest.length > 0 || file?.process !== undefined || /^-/.test(file?.text ?? '')
    return other ? undefined : file
  }
  return name === 'curl' ? fetched(args) : undefined
}

function fileIn(target: Command['words'][number], expansion: Expansion): Field | undefined {
  const field = expandOne(target.pieces, expansion)
  return field.known && !field.glob && field.process === undefined ? field : undefined
}

function fetched(args: readonly Field[]): Field | undefined {
  const [address, ...rest] = args.filter(({ text }) => !CURL_PLAIN.test(text))
  const path = LOCAL.exec(address?.text ?? '')?.[1]
  return path === undefined || rest.length > 0
    ? undefined
    : { ...address!, text: path, shown: path, tilde: false }
}
