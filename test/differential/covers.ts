import type { CommandForms, Subject } from '../../src/engine/types.ts'

/** How a command that ran was foreseen. */
export type Cover = 'exact' | 'operand' | 'program' | 'text'

/** Where patterns and tildes of a line lead. */
export interface Ground {
  readonly home: string
  /** The shell takes unquoted values apart, as the reader does; zsh does not. */
  readonly splits: boolean
}

/**
 * Whether what was read of a line foresaw this command; undefined = it was missed. The best of all
 * parts counts. A text that was not read to its end foresees anything, and so does a program that
 * nobody knows; an operand that nobody knows stands for any operands; all else must be the very words.
 */
export function coverOf(
  argv: readonly string[],
  subjects: readonly Subject[],
  ground: Ground,
): Cover | undefined {
  const found = coversOf(argv, subjects, ground)
  if (found.size === 0 && !ground.splits) {
    for (const separator of [/\s+/, /[\s,]+/]) {
      const words = argv.join(' ').split(separator).filter((word) => word !== '')
      for (const cover of coversOf(words, flat(subjects, separator), ground)) found.add(cover)
    }
  }
  return (['exact', 'operand', 'program', 'text'] as const).find((cover) => found.has(cover))
}

/** The same with every word taken apart. */
function flat(subjects: readonly Subject[], separator: RegExp): Subject[] {
  return subjects.map((subject) => {
    if (subject.command === undefined) return subject
    const argv = subject.command.argv.join(' ').split(separator).filter((word) => word !== '')
    return { ...subject, command: { ...subject.command, argv } }
  })
}

function coversOf(
  argv: readonly string[],
  subjects: readonly Subject[],
  ground: Ground,
): Set<Cover | undefined> {
  const found = new Set(
    subjects.filter(({ kind, command }) => kind === 'part' && command !== undefined)
      .map(({ command }) => coverBy(command!, argv, ground)),
  )
  found.delete(undefined)
  return found
}

function coverBy(
  { argv: words, program, unresolved, whole }: CommandForms,
  argv: readonly string[],
  ground: Ground,
): Cover | undefined {
  if (program === argv[0]) {
    const meet = (isVague: (word: string) => boolean) =>
      operandsMeet(words.slice(1), argv.slice(1), ground, isVague)
    if (meet(() => false)) return 'exact'
    if (unresolved.includes('operand')) {
      if (meet((word) => isVague(word, whole))) return 'operand'
      // `xargs` deals out its input: each word is foreseen, not how many stand together.
      const given = words.slice(1)
      if (
        argv.slice(1).every((arg) =>
          given.some((word) => isVague(word, whole) || wordMeets(word, arg, ground))
        )
      ) {
        return 'operand'
      }
    }
  }
  if (unresolved.includes('program')) return 'program'
  const unread = unresolved.some((kind) => kind === 'bound' || kind.startsWith('text:'))
  return unread ? 'text' : undefined
}

/** Lay words as they were read beside words as they were run, in their order. */
function operandsMeet(
  words: readonly string[],
  argv: readonly string[],
  ground: Ground,
  isVague: (word: string) => boolean,
): boolean {
  // reachable[j]: the words so far may have become the first j arguments.
  let reachable = argv.map(() => false)
  reachable.unshift(true)
  for (const word of words) {
    const next = reachable.map(() => false)
    const loose = isVague(word)
    const many = loose || isPattern(word)
    for (let j = 0; j <= argv.length; j++) {
      if (!reachable[j]) continue
      if (loose) next[j] = true
      for (let k = j; k < argv.length; k++) {
        if (!loose && !wordMeets(word, argv[k]!, ground)) break
        next[k + 1] = true
        if (!many) break
      }
    }
    reachable = next
  }
  return reachable[argv.length]!
}

/**
 * A word in which something stands that only running can tell, or a guess at it: `whole` has what is
 * not known as it was written.
 */
const isVague = (word: string, whole: string): boolean =>
  /[$`]|\{\}|[ \t\n]|[<>]\(/.test(word) || !` ${whole} `.includes(` ${word} `)

const isPattern = (word: string): boolean => /[*?[]/.test(word)

function wordMeets(word: string, arg: string, { home }: Ground): boolean {
  if (word === arg) return true
  if (word.startsWith('~') && home + word.slice(1) === arg) return true
  if (/[<>]\(/.test(word) && /\/(?:dev|proc\/self)\/fd\/\d+/.test(arg)) return true
  return isPattern(word) && globToRegExp(word).test(arg)
}

function globToRegExp(glob: string): RegExp {
  const body = glob.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')
  try {
    return new RegExp(`^${body}$`, 's')
  } catch {
    return /^$/
  }
}
