/** A word that a shell reads back as this text. */
export function shellQuote(word: string): string {
  return PLAIN.test(word) && !/^[^/]*=/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

const PLAIN = /^[A-Za-z0-9_./:@%+,=-]+$/

/** Words as one would type them. */
export function quotedWords(words: readonly string[]): string {
  return words.map(shellQuote).join(' ')
}
