import type { Node, Part } from './jsonc.ts'

/** How a file is written, so that what is added looks like the rest of it. */
interface Style {
  readonly eol: string
  readonly unit: string
  /** Behind a colon or comma on one line. */
  readonly gap: string
}

function styleOf(text: string): Style {
  const eol = /\r\n|\n/.exec(text)?.[0] ?? '\n'
  const unit = /^([ \t]+)["{[/]/m.exec(text)?.[1] ?? '  '
  const hasLines = /[\r\n]/.test(text.trim())
  return { eol, unit, gap: /"\s*:\S/.test(text) && !hasLines ? '' : ' ' }
}

/** A value added at the end of an object (with its key) or of an array; nothing else changes. */
export function append(text: string, into: Node, value: unknown, key?: string): string {
  const style = styleOf(text)
  const last = into.parts.at(-1)
  const inner = text.slice(into.start + 1, into.end - 1)
  const isMinified = into.start > 1 && !/[\r\n]/.test(text.trim())
  const isOneLine = last === undefined ? isMinified : !/[\r\n]/.test(inner)
  // Whatever stands behind the last part belongs to it: a comment, for instance.
  const end = into.start + 1 + inner.trimEnd().length
  if (isOneLine) {
    const added = member(key, flat(value, style), style)
    if (last === undefined) return spliced(text, [[end, end, added]])
    const at = last.comma < 0 ? last.end : last.comma + 1
    if (last.comma >= 0) return spliced(text, [[at, at, `${style.gap}${added}`]])
    return spliced(text, [[at, at, `,${style.gap}${added}`]])
  }
  const base = indentOf(text, into.start)
  const own = last === undefined ? base + style.unit : indentOf(text, last.start)
  const trailing = last !== undefined && last.comma >= 0 ? ',' : ''
  const lines = `${style.eol}${own}${member(key, spread(value, own, style), style)}${trailing}`
  const comma: Splice[] = last === undefined || last.comma >= 0 ? [] : [[last.end, last.end, ',']]
  return spliced(text, [...comma, [
    end,
    into.end - 1,
    closing(text, end, into, lines, base, style),
  ]])
}

/** The rest of a container: kept where it ends on a line of its own, made so where it did not. */
function closing(
  text: string,
  end: number,
  into: Node,
  lines: string,
  base: string,
  { eol }: Style,
): string {
  const rest = text.slice(end, into.end - 1)
  return lines + (/[\r\n]/.test(rest) ? rest : `${eol}${base}`)
}

/** A value put in the place of another. */
export function replace(text: string, node: Node, value: unknown): string {
  const style = styleOf(text)
  const isOneLine = !/[\r\n]/.test(text.slice(node.start, node.end))
  const made = isOneLine ? flat(value, style) : spread(value, indentOf(text, node.start), style)
  return spliced(text, [[node.start, node.end, made]])
}

/** A part taken out of an object or array with its comma: what `append` added, to the byte. */
export function remove(text: string, from: Node, part: Part): string {
  const index = from.parts.indexOf(part)
  const before = index === 0 ? undefined : from.parts[index - 1]
  const isLast = index === from.parts.length - 1
  // From where the text in front of it ends, a comment on that line among it.
  const floor = before === undefined ? from.start + 1 : Math.max(before.end, before.comma + 1)
  const start = floor + text.slice(floor, part.start).trimEnd().length
  const end = part.comma < 0 ? part.end : part.comma + 1
  const left = spliced(text, [
    ...(isLast && part.comma < 0 && before !== undefined
      ? [[before.comma, before.comma + 1, ''] as const]
      : []),
    [start, end, ''],
  ])
  if (from.parts.length > 1) return left
  // Nothing but blanks is left: `{}` is how an empty one is written.
  const close = from.end - 1 - (end - start)
  const inner = left.slice(from.start + 1, close)
  return inner.trim() === '' ? left.slice(0, from.start + 1) + left.slice(close) : left
}

/** A whole file that holds one value. */
export function fileOf(value: unknown, like = ''): string {
  const style = styleOf(like)
  const bom = like.startsWith('\uFEFF') ? '\uFEFF' : ''
  return `${bom}${spread(value, '', style)}${style.eol}`
}

type Splice = readonly [start: number, end: number, text: string]

/** Splices stand in the order of the text; the last is made first, so that offsets hold. */
function spliced(text: string, splices: readonly Splice[]): string {
  let done = text
  for (const [start, end, made] of splices.toReversed()) {
    done = done.slice(0, start) + made + done.slice(end)
  }
  return done
}

const member = (key: string | undefined, value: string, { gap }: Style) =>
  key === undefined ? value : `${JSON.stringify(key)}:${gap}${value}`

function spread(value: unknown, base: string, { eol, unit }: Style): string {
  return JSON.stringify(value, null, unit).replaceAll('\n', `${eol}${base}`)
}

function flat(value: unknown, style: Style): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const parts = Array.isArray(value)
    ? value.map((one) => flat(one, style))
    : Object.entries(value).map(([key, one]) => member(key, flat(one, style), style))
  const text = parts.join(`,${style.gap}`)
  return Array.isArray(value) ? `[${text}]` : `{${text}}`
}

/** The blanks that begin the line of an offset. */
function indentOf(text: string, at: number): string {
  const start = Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1
  return /^[ \t]*/.exec(text.slice(start, at))![0]
}
