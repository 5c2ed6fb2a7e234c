import type { Command } from './syntax.ts'

/** Commands that print nothing of what they fetch, or only letters that no shell makes anything of. */
const SILENT: Readonly<Record<string, (words: readonly string[]) => boolean>> = {
  // Without `-O -` the text goes into a file.
  wget: (words) => !words.some((word) => /^-[a-zA-Z]*[Ooe]|^--(?:[oec]|save-h)|^-$/.test(word)),
  curl: (words) => {
    const saved = words.filter((word) => /^(?:-[a-zA-Z]*[oO]|--output|--remote-name)$/.test(word))
    const addresses = words.filter((word, i) =>
      isAddress(word) && !/^(?:-[a-zA-Z]*o|--output)$/.test(words[i - 1]!)
    )
    const shown = words.some((word) =>
      /^-$|\/(?:dev|proc)\/|^(?:-[a-zA-Z]*[wDKiv]|--(?:write|dump|config|include|trace|next)|-:)/
        .test(word)
    )
    return saved.length === 1 && addresses.length === 1 && !shown
  },
  http: (words) => words.some((word) => /^(?:--offline|--download|-d)$/.test(word)),
  https: (words) => words.some((word) => /^(?:--offline|--download|-d)$/.test(word)),
  base64: (words) => !words.some(decodes),
  base32: (words) => !words.some(decodes),
  openssl: ([verb, ...words]) => verb === 'base64' && !words.some(decodes),
}

const isAddress = (word: string): boolean => !word.startsWith('-')
const decodes = (word: string): boolean => /^-[a-zA-Z]*[dD]|^--d/.test(word)

/** Whether nothing that a command prints can be code: it saves what it fetches, or it encodes. */
export function printsNoCode(command: Command): boolean {
  const [name, ...words] = plainWords(command) ?? ['']
  return Object.hasOwn(SILENT, name!) && SILENT[name!]!(words)
}

/** Options of curl that change nothing of what it prints. */
export const CURL_PLAIN = /^(?:-[sSfLk]+|--silent|--fail|--show-error)$/

/** `curl file:///x` prints a file of this machine, like `cat`; one other word, and nobody knows. */
export function printsLocalFile(command: Command): boolean {
  const [name, ...words] = plainWords(command) ?? ['']
  return name === 'curl' && words.some(isAddress) &&
    words.every((word) =>
      CURL_PLAIN.test(word) || /^file:\/\/(?:localhost)?\/[^{}[\]]*$/i.test(word)
    )
}

/** A simple command's program, by its last name, and its words, where each is plain text. */
function plainWords({ kind, words, redirects }: Command): readonly string[] | undefined {
  if (kind !== 'simple' || redirects.length > 0) return undefined
  const texts: string[] = []
  for (const { pieces } of words) {
    let text = ''
    for (const piece of pieces) {
      if (piece.kind !== 'text') return undefined
      text += piece.text
    }
    texts.push(text)
  }
  const [first = '', ...others] = texts
  return [first.slice(first.lastIndexOf('/') + 1), ...others]
}
