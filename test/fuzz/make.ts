/** A line made to cost more than its length; `of` makes one of about so many characters. */
export interface Shape {
  readonly name: string
  readonly tool?: string
  readonly of: (size: number) => string
}

/** A text repeated up to a length, between what stands in front and behind. */
export function fill(unit: string, size: number, front = '', behind = ''): string {
  const room = size - front.length - behind.length
  return front + unit.repeat(Math.max(1, Math.floor(room / unit.length))) + behind
}

/** Texts that differ, one for each number, up to a length. */
export function counted(of: (i: number) => string, size: number): string {
  const texts: string[] = []
  for (let i = 0, length = 0; length < size; i++) {
    const text = of(i)
    texts.push(text)
    length += text.length
  }
  return texts.join('')
}

export const repeated = (unit: string, front = '', behind = ''): Shape['of'] => (size) =>
  fill(unit, size, front, behind)
export const numbered =
  (of: (i: number) => string, front = '', behind = ''): Shape['of'] => (size) =>
    front + counted(of, size - front.length - behind.length) + behind

/** An opening and its closing, each half of the line. */
export const paired =
  (open: string, close: string, front = '', inside = 'a', behind = ''): Shape['of'] => (size) => {
    const room = size - front.length - inside.length - behind.length
    const n = Math.max(1, Math.floor(room / (open.length + close.length)))
    return front + open.repeat(n) + inside + close.repeat(n) + behind
  }

export const shapes = (group: string, of: Readonly<Record<string, Shape['of']>>): Shape[] =>
  Object.entries(of).map(([name, make]) => ({ name: `${group}: ${name}`, of: make }))
