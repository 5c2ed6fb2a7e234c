/** What a person pressed: a character, or the name of a key. */
export type Key = string

const NAMED: ReadonlyMap<string, Key> = new Map([
  ['\x1b[A', 'up'],
  ['\x1b[B', 'down'],
  ['\x1bOA', 'up'],
  ['\x1bOB', 'down'],
  ['\x1b[5~', 'page-up'],
  ['\x1b[6~', 'page-down'],
  ['\x1b[H', 'home'],
  ['\x1b[F', 'end'],
  ['\x1b[1~', 'home'],
  ['\x1b[4~', 'end'],
  ['\x1b[Z', 'shift-tab'],
  ['\x1b', 'escape'],
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\t', 'tab'],
  ['\x7f', 'backspace'],
  ['\b', 'backspace'],
  ['\x03', 'ctrl-c'],
  ['\x04', 'ctrl-d'],
  ['\x0c', 'ctrl-l'],
  ['\x15', 'ctrl-u'],
  ['\x1a', 'ctrl-z'],
])

/** What may go on: the rest of it comes with the next piece, or nothing does. */
// deno-lint-ignore no-control-regex
const BEGUN = /^\x1b(?:\[[0-?]*[ -/]*|O)?$/
// deno-lint-ignore no-control-regex
const SEQUENCE = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O[@-~])/
const PASTE = '\x1b[200~'
const PASTED = '\x1b[201~'

/**
 * Keys from what a terminal sends, however it is cut. What is pasted is no key, so that no text can answer a
 * question; a sequence that is not known is none either, nor is any part of it.
 */
export class KeyReader {
  #isPasting = false
  #held = ''

  read(bytes: string): Key[] {
    let rest = this.#held + bytes
    this.#held = ''
    const keys: Key[] = []
    while (rest !== '') {
      if (this.#isPasting) {
        const end = rest.indexOf(PASTED)
        if (end < 0) {
          this.#held = rest.slice(-(PASTED.length - 1))
          return keys
        }
        this.#isPasting = false
        rest = rest.slice(end + PASTED.length)
        continue
      }
      if (BEGUN.test(rest)) {
        this.#held = rest
        return keys
      }
      const [text, key] = first(rest)
      rest = rest.slice(text.length)
      if (text === PASTE) this.#isPasting = true
      else if (key !== undefined) keys.push(key)
    }
    return keys
  }

  /** Nothing has followed for a while: the key itself was meant, or what was begun is given up. */
  flush(): Key[] {
    const held = this.#held
    if (this.#isPasting) return []
    this.#held = ''
    return held === '\x1b' ? ['escape'] : []
  }
}

function first(text: string): [string, Key | undefined] {
  const sequence = SEQUENCE.exec(text)?.[0]
  if (sequence !== undefined) return [sequence, NAMED.get(sequence)]
  // With Alt held down.
  if (text.startsWith('\x1b')) {
    return [text.slice(0, 1 + String.fromCodePoint(text.codePointAt(1)!).length), undefined]
  }
  const character = String.fromCodePoint(text.codePointAt(0)!)
  const named = NAMED.get(character)
  if (named !== undefined) return [character, named]
  return [character, /^[\p{Cc}\p{Cf}\p{Cs}]/u.test(character) ? undefined : character]
}
