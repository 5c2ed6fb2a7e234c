/** What a text in another language may run and touch. */
export interface Hints {
  /** Texts that may be handed to a shell. */
  readonly commands: readonly string[]
  readonly paths: readonly string[]
  readonly urls: readonly string[]
  /** How it changes files, if it does: a path in it may meet that. */
  readonly changes: 'delete' | 'write' | undefined
}

/** Literals that are looked at; code with more is no one-liner. */
const LITERAL_LIMIT = 64

/** Words by which languages start programs. */
const STARTS =
  /system|popen|exec|spawn|subprocess|child_?pro|qx|`|%x|shell|\brun\b|\bcall\b|Command|Popen|\bPROGRAM\b|\bgetline\b|\bcmd\b|\.!|\|\s*(?:["']|(?:sh|bash)\b)/i
/** Words by which they take files away, and by which they change them otherwise. */
const DELETES =
  /unlink|rmtree|remove_?tree|remove|rmdir|rmSync|\brm\b|delete|truncate|rename|chmod|chown|move|File::Path/i
const WRITES =
  /write|put_contents|symlink|copy|mkdir|touch|["'][wa]b?\+?["']|>>?\s*["']|["']\s*>>?|\bprint[^;}\n>]*>/i

/** Lines by which editors, debuggers and database shells run commands. */
const ESCAPES =
  /^[ \t]*(?:\+?:?!|:?r(?:ead)?[ \t]+!|\.?(?:shell|system)[ \t]|\\!|exec[ \t]|spawn[ \t]|\d*e[ \t]|\t)[ \t]*(.+)$/gm

/** Read hints out of code: string literals, lists of them, and lines that escape to a shell. Linear. */
export function hintsOf(text: string): Hints {
  const literals = literalsOf(text)
  const escaped = [...text.matchAll(ESCAPES)].map((match) => match[1]!)
  if (text.length < 4096) escaped.push(...replacedAndRun(text))
  const starts = literals.length > 0 && STARTS.test(text)
  const commands = starts ? [...literals.map(({ text }) => text), ...listsOf(text, literals)] : []
  const found = [
    ...[...literals, ...nestedIn(literals)].map(({ text }) => text),
    ...joinedIn(text, literals),
  ]
  const paths = [...new Set(found.filter(isPath))]
  return {
    commands: [...new Set([...commands, ...escaped])].filter(isCommand).slice(0, LITERAL_LIMIT),
    paths,
    urls: [...new Set(found.filter((one) => /^[a-z][a-z0-9+.-]*:\/\/[^\s]+$/i.test(one)))],
    changes: paths.length === 0 ? undefined : changesIn(text),
  }
}

/** `s/x/rm y/e` of sed runs what it makes. */
function replacedAndRun(text: string): string[] {
  const found = /s([/|,#@!~:%])((?:\\.|(?!\1)[^\\])*)\1((?:\\.|(?!\1)[^\\])*)\1[gpiIM0-9]*e/.exec(
    text,
  )
  return found === null ? [] : [found[3]!.replace(/\\(.)/g, '$1')]
}

function changesIn(text: string): Hints['changes'] {
  return DELETES.test(text) ? 'delete' : WRITES.test(text) ? 'write' : undefined
}

interface Literal {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Literals in literals: `eval("require('fs').rmSync('x')")`. */
function nestedIn(literals: readonly Literal[]): Literal[] {
  return literals.flatMap(({ text }) => /["'`]/.test(text) ? literalsOf(text) : []).slice(
    0,
    LITERAL_LIMIT,
  )
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']', '<': '>' }

function literalsOf(code: string): Literal[] {
  const found: Literal[] = []
  for (let i = 0; i < code.length && found.length < LITERAL_LIMIT;) {
    const char = code[i]!
    if (char === '"' || char === "'" || char === '`') {
      const mark = code.startsWith(char.repeat(3), i) ? char.repeat(3) : char
      const end = endOf(code, i + mark.length, mark)
      found.push({ text: unescaped(code.slice(i + mark.length, end)), start: i, end })
      i = end + mark.length
      continue
    }
    const quote = char === 'q' || char === '%'
      ? /^(?:q[qxw]?|%[xqQwW])[ ]?([({[<|/!])/.exec(code.slice(i, i + 5))
      : null
    if (quote !== null && !/\w/.test(code[i - 1] ?? '')) {
      const start = i + quote[0].length
      const end = endOf(code, start, CLOSING[quote[1]!] ?? quote[1]!)
      found.push({ text: code.slice(start, end), start: i, end })
      i = end + 1
      continue
    }
    i++
  }
  return found
}

function endOf(code: string, from: number, mark: string): number {
  for (let i = from; i < code.length; i++) {
    if (code[i] === '\\') i++
    else if (code.startsWith(mark, i)) return i
  }
  return code.length
}

function unescaped(text: string): string {
  // `">$ENV{HOME}/x"` of perl; what is left of ruby's `"#{ENV["HOME"]}/x"`.
  return text.replace(/^(?:[<>+| ]*\$(?:ENV\{HOME\}|\{HOME\}|env:HOME|HOME)(?=\/|\\|$))/, '~')
    .replace(/^[\])}]+(?=\/)/, '').replace(
      /\\(?:x\{?([0-9a-fA-F]{2})\}?|u([0-9a-fA-F]{4})|([0-7]{3})|(.))/gs,
      (...m) => {
        const [, hex, unicode, octal, char] = m as (string | undefined)[]
        if (hex ?? unicode) return String.fromCharCode(parseInt((hex ?? unicode)!, 16))
        if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8))
        return char === 'n' ? '\n' : char === 't' ? '\t' : char!
      },
    )
}

/** `["rm", "-rf", "/"]` and `'child_pro' + 'cess'`: literals with nothing but a mark between them. */
function listsOf(code: string, literals: readonly Literal[]): string[] {
  const lists: string[] = []
  let list: string[] = []
  const end = () => {
    if (list.length > 1) lists.push(list.join(' '))
    list = []
  }
  literals.forEach((literal, i) => {
    const before = literals[i - 1]
    const between = before === undefined ? '' : code.slice(before.end + 1, literal.start)
    if (before !== undefined && !/^\s*[,+.]?\s*\[?\s*$/.test(between)) end()
    list.push(literal.text)
  })
  end()
  return lists
}

/** `join(home(), '.ssh', 'id')`, `Path.home() / '.ssh' / 'id'`: names with nothing but a mark between them. */
function joinedIn(code: string, literals: readonly Literal[]): string[] {
  if (!/join|resolve|path/i.test(code)) return []
  const found: string[] = []
  let names: string[] = []
  const keep = () => {
    if (names.length > 1) found.push(`${names[0] === '~' ? '' : '/'}${names.join('/')}`)
  }
  literals.forEach(({ text, start }, i) => {
    const before = literals[i - 1]
    const between = before === undefined ? '' : code.slice(before.end + 1, start)
    const isJoined = before !== undefined && /^\s*\)*\s*[,/]\s*$/.test(between)
    // A bracket may end the path, or what its first part is made by.
    if (!isJoined || between.includes(')')) keep()
    if (!isJoined || !NAME.test(text)) names = []
    if (NAME.test(text)) names.push(text)
  })
  keep()
  return found
}

const NAME = /^(?:~|[\w.][\w.-]*)$/

function isCommand(text: string): boolean {
  return text.length > 1 && text.length < 4096 && /^[\s(]*[\w./~$"'-]/.test(text)
}

function isPath(text: string): boolean {
  if (text.length > 1024 || /[\s<>"'|;()]/.test(text) || /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    return false
  }
  return text === '/' || /^(?:~|\.{1,2})?\/./.test(text) || /^\.[a-z]/i.test(text)
}

/** Longer code of one line is nobody's filter. */
const FILTER_LENGTH = 4096

/** Code that may run what it is fed: awk's `system($0)` and `$0 | "sh"`, sed's `s/x/y/e`, perl's `eval`. */
export function runsInput(code: string): boolean {
  const text = code.slice(0, FILTER_LENGTH)
  return /\b(?:system|exec|eval|popen) *\(? *[$\w<]/.test(text) ||
    /\beval *(?:[;}]|$)/.test(text) ||
    /\| *["'](?:\/bin\/)?(?:ba|z|da|k)?sh\b/.test(text) ||
    /^s([^\w\s]).*\1[gpI\d]*e[gpI\d]*$/.test(text)
}
