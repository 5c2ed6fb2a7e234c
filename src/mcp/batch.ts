/**
 * The texts of the elements of a JSON array, as they stand in it. The text has been read as JSON, so that
 * brackets and quotes pair.
 */
export function elementsOf(text: string): string[] {
  const elements: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (sign === '"') at = endOfString(text, at)
    else if (sign === '[' || sign === '{') {
      if (++depth === 1) from = at + 1
    } else if (sign === ']' || sign === '}') {
      if (--depth === 0) elements.push(text.slice(from, at).trim())
    } else if (sign === ',' && depth === 1) {
      elements.push(text.slice(from, at).trim())
      from = at + 1
    }
  }
  return elements.length === 1 && elements[0] === '' ? [] : elements
}

function endOfString(text: string, from: number): number {
  let at = from + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
