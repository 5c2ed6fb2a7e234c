import { codeAt } from '../../engine/match/code-at.ts'

/** Characters with which something else than a word may begin. */
const MARKS = new Uint8Array(128)
for (const char of '#\n()<>&{0123456789;|') MARKS[char.charCodeAt(0)] = 1

/** Whether a word begins here and nothing else can. */
export function wordAhead(text: string, at: number): boolean {
  const code = codeAt(text, at)
  return code > 127 || MARKS[code] === 0
}

const OPERATORS = [';;&', ';;', ';&', '&&', '||', '|&'] as const

/** The longest operator that stands here; a lone character is one, too. */
export function operatorAt(text: string, at: number, end: number): string {
  for (const operator of OPERATORS) {
    if (at + operator.length <= end && text.startsWith(operator, at)) return operator
  }
  return text[at]!
}
