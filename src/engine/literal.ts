/**
 * A literal that every path matching this glob holds: its longest run of plain characters inside one
 * segment and outside groups, '' when there is none. Used by the index only, so shorter is safe.
 */
export function pathLiteral(source: string): string {
  if (!/[\\{(\[]/.test(source)) {
    return source.split(/[/}*?\])!+@|~$]/)
      .reduce((best, run) => run.length > best.length ? run : best, '')
  }
  let best = ''
  let run = ''
  let depth = 0
  const end = () => {
    if (run.length > best.length) best = run
    run = ''
  }
  for (const char of source) {
    if (char === '\\') return ''
    if (char === '{' || char === '(') depth++
    if ((char === '}' || char === ')') && depth > 0) depth--
    if (depth > 0 || '/{}*?[]()!+@|~$'.includes(char)) end()
    else run += char
    if (char === '[') return best.length > 0 ? best : ''
  }
  end()
  return best
}
