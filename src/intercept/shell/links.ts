import type { PathValue } from '../../engine/types.ts'
import { normalisePath, pathValues } from '../path.ts'
import { type Field, spelled } from './field.ts'
import { type Option, readArguments } from './options.ts'
import { placeIn, type Reader, type Scope } from './scope.ts'

/** Links that are followed; each is tried for every path of the line. */
const LINK_LIMIT = 16
/** Links that lead to links. */
const CHAIN_LIMIT = 4

const LINKERS: Readonly<Record<string, (options: readonly Option[]) => boolean>> = {
  ln: () => true,
  link: () => true,
  cp: (options) => options.some(({ name }) => /^(?:-[sl]|--(?:symbolic-)?link)$/.test(name)),
  mount: (options) =>
    options.some(({ name, value }) =>
      /^(?:-[BR]|--r?bind)$/.test(name) || (name === '-o' && /r?bind/.test(value?.text ?? ''))
    ),
}
const TABLE = { takes: 'tSo', long: ['target-directory', 'suffix', 'options'] }

/** Remember the other names that a line gives to files: facts know but those that were there before. */
export function rememberLinks(
  reader: Reader,
  scope: Scope,
  program: string | undefined,
  fields: readonly Field[],
): void {
  const links = program === undefined || !Object.hasOwn(LINKERS, program)
    ? undefined
    : LINKERS[program]
  if (links === undefined) return
  const { options, operands } = readArguments(fields, TABLE, false)
  if (!links(options)) return
  const into = options.find(({ name }) => /^(?:-t|--target-directory)$/.test(name))?.value
  const last = into ?? (operands.length > 1 ? operands.at(-1) : undefined)
  const symbolic = options.some(({ name }) => /^(?:-s|--symbolic(?:-link)?)$/.test(name))
  for (
    const target of into === undefined && last !== undefined ? operands.slice(0, -1) : operands
  ) {
    const name = target.text.slice(target.text.replace(/\/+$/, '').lastIndexOf('/') + 1)
    for (const text of last === undefined ? [name] : [spelled(last), `${spelled(last)}/${name}`]) {
      for (const { path } of pathValues(text, 'write', placeIn(reader, scope))) {
        note(reader, path, targetsOf(reader, scope, path, target, symbolic))
      }
    }
  }
}

function note({ links, budget }: Reader, path: string, targets: readonly string[]): void {
  if (links.size >= LINK_LIMIT && !links.has(path)) budget.bound = true
  else links.set(path, [...new Set([...links.get(path) ?? [], ...targets])].slice(0, CHAIN_LIMIT))
}

/** What a name leads to: a relative text of a symbolic link begins where the link lies. */
function targetsOf(
  reader: Reader,
  scope: Scope,
  link: string,
  target: Field,
  symbolic: boolean,
): readonly string[] {
  if (symbolic && !/^[/~$]/.test(target.text)) {
    return [normalisePath(`${link.slice(0, link.lastIndexOf('/') + 1)}${target.text}`)]
  }
  return pathValues(spelled(target), 'read', placeIn(reader, scope)).map(({ path }) => path)
}

/** Paths with what they lead to by links that the line made before. */
export function throughLinks(
  { links }: Reader,
  paths: readonly PathValue[],
): readonly PathValue[] {
  const found = [...paths]
  for (let turn = 0, from = 0; turn < CHAIN_LIMIT && from < found.length; turn++) {
    const fresh = found.slice(from)
    from = found.length
    for (const value of fresh) {
      for (const link of links.keys()) {
        const rest = value.path === link
          ? ''
          : value.path.startsWith(`${link}/`)
          ? value.path.slice(link.length)
          : undefined
        if (rest === undefined) continue
        for (const target of links.get(link)!) {
          const path = normalisePath(`${target}${rest}`)
          if (found.length > LINK_LIMIT || found.some((one) => one.path === path)) continue
          found.push({ ...value, path, absolute: path.startsWith('/') })
        }
      }
    }
  }
  return found
}
