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
  http: (words) => words.includes('--offline'),
  https: (words) => words.includes('--offline'),
  base64: (words) => !words.some(decodes),
  base32: (words) => !words.some(decodes),
  openssl: ([verb, ...words]) => verb === 'base64' && !words.some(decodes),
}

const isAddress = (word: string): boolean => !word.startsWith('-')
const decodes = (word: string): boolean => /^-[a-zA-Z]*[dD]|^--d/.test(word)

/** Whether nothing that a command prints can be code: it saves what it fetches, or it encodes. */
export function printsNoCode({ kind, words, redirects }: Command): boolean {
  if (kind !== 'simple' || redirects.length > 0) return false
  const texts: string[] = []
  for (const { pieces } of words) {
    let text = ''
    for (const piece of pieces) {
      if (piece.kind !== 'text') return false
      text += piece.text
    }
    texts.push(text)
  }
  const [first, ...others] = texts
  const name = first?.slice(first.lastIndexOf('/') + 1) ?? ''
  return Object.hasOwn(SILENT, name) && SILENT[name]!(others)
}
