/**
 * Where reading a line stops. What lies behind a bound is marked `bound` and never granted, so a bound
 * may cost an attacker a denial and nobody else anything.
 */

/**
 * Characters of one text that are read as shell: what Linux takes as one argument, so as `bash -c` can be
 * given. Data in here-documents does not count.
 */
export const CODE_LENGTH = 131_072
/** What each expansion in a here-document counts of its characters. */
export const HERE_COST = 64

/** Scripts inside scripts: `$(…)`, `( … )`, `sh -c`, launchers. */
export const DEPTH_LIMIT = 16
/** Simple commands of a line, those inside of others included. */
export const COMMAND_COUNT_LIMIT = 512
/** Words of one command, and pieces of one word, that are taken apart. */
export const WORD_LIMIT = 16_384
/** Redirections of one command that are taken apart. */
export const REDIRECT_LIMIT = 1024
/** Fields that one command's expansions may make. */
export const FIELD_LIMIT = 1024
/** Words that one brace expansion may make. */
export const BRACE_LIMIT = 128
/** Characters that expansions may add to a line. */
export const EXPANSION_LIMIT = 65_536
/** Homes that a line may assign. */
export const HOME_LIMIT = 8
/** Starting points a relative path may have after several `cd`. */
export const CWD_LIMIT = 4
/** Redirections of one command that are handed to what it launches. */
export const TARGET_LIMIT = 64
/** Effects of one line. */
export const EFFECT_LIMIT = 1024

/** Words of a call that comes word by word; a request holds hardly more. */
export const ARGV_LIMIT = 65_536

/** Parts, spans and effects of one line. A line with more is refused: nobody could judge it. */
export const SUBJECT_LIMIT = 4096
/**
 * Characters that all parts, spans and effects of a line may be spelled with, beside twice its own:
 * each is held against every rule. What costs more is spelled once and marked; a line that nests itself
 * over and over is refused.
 */
export const SPELLING_LIMIT = 98_304

/** Patterns for files of one line: each is laid beside every path glob. */
export const PATTERN_LIMIT = 32
/** Characters of other languages' code that are looked through. */
export const CODE_LIMIT = 65_536

/** Commands of functions that are read again where they are called. */
export const CALL_LIMIT = 512

/**
 * Characters that may be gone through besides the line's own: of nested texts, of what filters print, of
 * all that is spelled for rules. What a line costs follows this, whatever else it does.
 */
export const WORK_LIMIT = 524_288

/** Script files of one call that are read. */
export const SCRIPT_FILE_LIMIT = 8
/** Commands and effects at which the reading of script files stops. */
export const SCRIPT_SUBJECT_LIMIT = 2048

/** What it costs to begin a nested text, a list of data or a function, beside its characters. */
export const BEGIN_COST = 128
/** Variables that a line may set. */
export const VARIABLE_LIMIT = 1024

/** What is left to spend while one line is read. */
export interface Budget {
  commands: number
  expansion: number
  effects: number
  /** Beyond so many the line is refused. */
  subjects: number
  spelling: number
  patterns: number
  code: number
  calls: number
  work: number
  /** Set for good as soon as anything was left unread. */
  bound: boolean
}

/** The budget of a line of so many characters. */
export function freshBudget(length = 0): Budget {
  return {
    commands: COMMAND_COUNT_LIMIT,
    expansion: EXPANSION_LIMIT,
    effects: EFFECT_LIMIT,
    subjects: SUBJECT_LIMIT,
    spelling: SPELLING_LIMIT + 2 * Math.min(length, CODE_LENGTH),
    patterns: PATTERN_LIMIT,
    code: CODE_LIMIT,
    calls: CALL_LIMIT,
    work: WORK_LIMIT,
    bound: false,
  }
}

/** The budget of a call of so many words: each may be a file, and each is spelled a few times. */
export function argvBudget(words: number, length: number): Budget {
  const budget = freshBudget()
  budget.effects += 2 * words
  budget.subjects += 2 * words
  budget.spelling += 8 * length
  return budget
}

/** Pay for going through so many characters; what cannot be paid is left, and the line is marked. */
export function afford(budget: Budget, cost: number): boolean {
  if (cost > budget.work) {
    budget.bound = true
    return false
  }
  budget.work -= cost
  return true
}
