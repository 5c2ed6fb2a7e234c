/** Fewest characters that the index can look up. */
export const SHORTEST = 3

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

/** Alternatives that a glob's braces may unfold to for the index. */
const UNFOLD_LIMIT = 256

/**
 * Literals of which every matching path holds one: those of the glob's alternatives where it has any
 * in plain braces, else its own.
 */
export function pathLiterals(source: string): readonly string[] {
  const unfolded = unfold(source)
  return unfolded === undefined ? [pathLiteral(source)] : unfolded.map(pathLiteral)
}

function unfold(source: string): readonly string[] | undefined {
  const braces = /^([^{}\\[(]*)\{([^{}\\[(]*)\}(.*)$/.exec(source)
  if (braces === null) return /[{}\\[(]/.test(source) ? undefined : [source]
  const [, before, inside, after] = braces as unknown as [string, string, string, string]
  if (!inside.includes(',')) return undefined
  const rest = unfold(after)
  const options = inside.split(',')
  if (rest === undefined || rest.length * options.length > UNFOLD_LIMIT) return undefined
  return options.flatMap((option) => rest.map((tail) => before + option + tail))
}
