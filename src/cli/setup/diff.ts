/** The lines by which two texts differ: what goes (`-`) and what comes (`+`), what is alike at both ends left out. */
export function changedLines(before: string, after: string): string[] {
  const [one, other] = [before, after].map((text) => text === '' ? [] : text.split(/\r?\n/)) as [
    string[],
    string[],
  ]
  let start = 0
  while (start < Math.min(one.length, other.length) && one[start] === other[start]) start++
  let end = 0
  while (
    end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)
  ) end++
  const part = (lines: string[], sign: string) =>
    lines.slice(start, lines.length - end).map((line) => `${sign} ${line}`)
  return [...part(one, '-'), ...part(other, '+')]
}
