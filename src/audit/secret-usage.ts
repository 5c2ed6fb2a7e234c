import { isBlank, isBreak, isDigit, isLetter, isQuote } from '../engine/secret/text.ts'

/** What a request says of the names in it, before any of it is replaced. */
export interface Usage {
  /** Of the asked-for variables those that are expanded somewhere: their values may be run. */
  readonly expanded: ReadonlySet<string>
  /** Names of variables that something may read by the name's text. */
  readonly byName: ReadonlySet<string>
  /** Something runs text that is not in the place of a command. */
  readonly code: boolean
  /** Something turns text into other text that may be run: a token may be more than its name. */
  readonly decodes: boolean
}

/** What a word means for text that stands near it. */
type Role =
  /** It runs text. */
  | 'runs'
  /** It runs text where it is called. */
  | 'calls'
  /** It decodes text. */
  | 'decodes'
  /** It decodes or encodes text, as it is told. */
  | 'codes'
  /** It turns text into other text: harmless unless that is taken up. */
  | 'edits'
  /** It runs what it reads. */
  | 'shell'
  /** It runs what it reads, unless it is given code or a file. */
  | 'interpreter'
  /** It runs a file or names a command, as the first word of one. */
  | 'first'
  /** It reads variables by their names. */
  | 'environment'

const ROLES: Readonly<Record<Role, string>> = {
  runs: 'eval xargs',
  calls: 'exec system popen execSync spawnSync execFileSync',
  decodes: 'uudecode b64decode b32decode a85decode atob base64_decode decode_base64 unhexlify ' +
    'fromCharCode',
  codes: 'base64 base32 basenc xxd openssl',
  edits: 'rev tr sed awk gawk cut printf',
  shell: 'sh bash zsh dash ksh fish',
  interpreter: 'python python3 perl ruby node php',
  first: 'source alias',
  environment: 'printenv environ getenv ENVIRON nameref',
}

const roles = new Map<string, Role>()
for (const [role, words] of Object.entries(ROLES)) {
  for (const word of words.split(' ')) roles.set(word, role as Role)
}

/** Whether a word in the text decodes or runs something. */
export function holdsCode(text: string): boolean {
  return wordsOf(text).some((word) => roles.has(word))
}

/** Whether the text itself says what the usage rests on: hidden, it would be missed. */
export function isUsage(text: string, { code, byName }: Usage): boolean {
  if (!code && byName.size === 0) return false
  return wordsOf(text).some((word) => (code && roles.has(word)) || byName.has(word))
}

function wordsOf(text: string): string[] {
  return text.split(/[^\w-]+/)
}

const BITS = 12
const MASK = (1 << BITS) - 1
const WORD_CODES = new Uint8Array(128)
for (let code = 0; code < 128; code++) {
  WORD_CODES[code] = /[A-Za-z0-9_-]/.test(String.fromCharCode(code)) ? 1 : 0
}

const DOLLAR = 0x24
const PIPE = 0x7c
const LESS = 0x3c
const OPEN = 0x28
const TICK = 0x60
const BACKSLASH = 0x5c

/**
 * Gather how the named variables are expanded and whether anything is decoded or run, over all texts of a
 * request. One pass, in time linear in the texts.
 */
export function usageOf(texts: readonly string[], names: ReadonlySet<string>): Usage {
  const gathered = new Gathered(names)
  for (const text of texts) gathered.read(text)
  gathered.close()
  if (gathered.isByPlace && texts.some((text) => SETS_PLACES.test(text))) gathered.code = true
  if (gathered.named && gathered.code) gathered.decodes = true
  return gathered
}

/** What hands words over to be run by their places: a function, `set`, a shell with arguments. */
const SETS_PLACES = /\(\)|\b(?:function|set) |(?:^|\s)-[a-z]{0,8}[cs](?:\s|$)/

class Gathered implements Usage {
  readonly expanded = new Set<string>()
  code = false
  decodes = false
  /** An encoding is named, as programs do that decode. */
  named = false
  /** `$1`, `$@` */
  isByPlace = false
  readonly #names: ReadonlySet<string>
  /** One for each hash that a word of interest has. */
  readonly #hashes = new Uint8Array(1 << BITS)
  readonly byName = new Set<string>()
  readonly #mentioned = new Set<string>()
  #isByName = false
  /** Of the text that is being read, once it was asked for. */
  #isKept: boolean | undefined

  constructor(names: ReadonlySet<string>) {
    this.#names = names
    for (const word of roles.keys()) this.#hashes[hashOf(word)] = 1
    for (const name of names) this.#hashes[hashOf(name)] = 1
  }

  read(text: string): void {
    this.#isKept = undefined
    let hash = 0
    let start = 0
    // Where in this line text begins to flow from one command into the next.
    let flow = -1
    for (let at = 0; at <= text.length; at++) {
      const code = at < text.length ? text.charCodeAt(at) : 0
      if (code < 128 && WORD_CODES[code] === 1) {
        hash = (Math.imul(hash, 31) + code) | 0
        continue
      }
      if (at > start && this.#hashes[mixed(hash)] === 1) this.#word(text, start, at, flow)
      hash = 0
      start = at + 1
      if (code === DOLLAR) this.#expansion(text, at)
      if (isFlow(text, at, code)) flow = at
      else if (code === 0x0a && !isContinued(text, at)) flow = -1
    }
  }

  /** Once everything is read. */
  close(): void {
    if (!this.#isByName) return
    for (const name of this.#mentioned) {
      this.expanded.add(name)
      this.byName.add(name)
    }
  }

  #word(text: string, start: number, end: number, flow: number): void {
    const word = text.slice(start, end)
    if (this.#names.has(word) && text[end] !== '=') {
      this.#mentioned.add(word)
      if (isExpanded(text, start)) this.expanded.add(word)
    }
    const role = roles.get(word)
    if (role === undefined || (this.decodes && role !== 'environment')) return
    if (role === 'environment') this.#isByName = true
    else if (role === 'decodes' || role === 'codes' || role === 'edits') {
      if (this.#isDecoding(role, text, end, flow)) this.code = this.decodes = true
    } else this.code ||= isRunning(role, text, start, end)
  }

  #isDecoding(
    role: 'decodes' | 'codes' | 'edits',
    text: string,
    end: number,
    flow: number,
  ): boolean {
    if (role === 'decodes') return true
    const rest = text.slice(end, end + LOOK)
    if (role === 'codes') {
      // `Buffer.from(text, 'base64')`
      if (isQuote(rest.charCodeAt(0))) this.named = true
      return !ENCODING.test(rest)
    }
    if (flow < 0 && !FED.test(rest)) return false
    this.#isKept ??= /\$\(|`|[<>]|\|\s*(?:\S*\/)?(?:ba|z|da|k|fi)?sh\b/.test(text)
    return this.#isKept
  }

  /** `$NAME`, `${NAME`, `${!NAME`, `$(NAME)`, `$env:NAME`: what is expanded anywhere may be run there. */
  #expansion(text: string, at: number): void {
    let start = at + 1
    if (text[start] === '{' || text[start] === '(') start++
    if (text[start] === '!' || text[start] === '#') start++
    if (text.startsWith('{!', at + 1)) this.#isByName = true
    let end = start
    let hash = 0
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end)
      if (!isLetter(code) && !isDigit(code) && code !== 0x5f) break
      hash = (Math.imul(hash, 31) + code) | 0
    }
    const first = text[start] ?? ''
    if (end === start || '0123456789'.includes(first)) {
      this.isByPlace ||= '123456789@*'.includes(first)
    } // The last word of the command before.
    else if (end === start + 1 && first === '_') this.code = true
    else if (this.#hashes[mixed(hash)] === 1) {
      const name = text.slice(start, end)
      if (this.#names.has(name)) this.expanded.add(name)
    }
  }
}

/** In front of a name, what expands it: `system(token)`, `${#NAME}`, `$env:NAME`. */
function isExpanded(text: string, start: number): boolean {
  const before = text[start - 1]
  return before === '(' || before === '{' || before === '$' ||
    (before === ':' && text.startsWith('$env', start - 5))
}

function isRunning(role: Role, text: string, start: number, end: number): boolean {
  const rest = text.slice(end, end + LOOK)
  switch (role) {
    case 'calls':
      return rest.startsWith('(') && text[start - 1] !== '.'
    case 'first':
      return isBlank(text.charCodeAt(end)) && isFirst(text, start)
    case 'shell':
      return isFed(text, start) || /^\s*<|^\s+-s\b/.test(rest)
    case 'interpreter':
      return (isFed(text, start) && READING.test(rest)) || /^\s*<</.test(rest)
    default:
      return true
  }
}

/** How far behind a word is looked for what it is told. */
const LOOK = 64
/** Only what surely encodes: `| base64`, `base64 -w0 file`, `openssl rand -hex 16`. */
const ENCODING =
  /^(?:\s+(?:-w ?\d+|--wrap=\d+|rand|dgst|s_client|x509|-hex|-sha256|-connect|-noout|[A-Za-z0-9][\w./:]*))*(?:\s*(?:$|[|;)\n`]|&(?!>))|["'\]},.:(])/
const FED = /^[^|;&\n]*?\s<|^<</
/** No code and no file: then an interpreter runs what it reads. */
const READING = /^\s*(?:$|[|;&)<>'"\n]|-(?:$|[\s'"]))/

function hashOf(word: string): number {
  let hash = 0
  for (let at = 0; at < word.length; at++) hash = (Math.imul(hash, 31) + word.charCodeAt(at)) | 0
  return mixed(hash)
}

function mixed(hash: number): number {
  return (hash ^ (hash >>> BITS)) & MASK
}

/** A pipe, or what takes up what was printed. */
function isFlow(text: string, at: number, code: number): boolean {
  if (code === PIPE || code === TICK) return true
  if (code !== OPEN) return false
  const before = text.charCodeAt(at - 1)
  return before === DOLLAR || before === LESS
}

function isContinued(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1)
  return before === BACKSLASH || before === PIPE
}

/** Behind a pipe, or what a path in front of the name stands behind: `| /bin/sh`. */
function isFed(text: string, index: number): boolean {
  let at = index - 1
  for (let steps = 0; steps < 64 && /[\w./-]/.test(text[at] ?? ''); steps++) at--
  for (let steps = 0; steps < 64 && isBlank(text.charCodeAt(at)); steps++) at--
  if (text[at] === '&') at--
  return text[at] === '|' || text[at] === '<'
}

/** Whether a word begins a command. */
function isFirst(text: string, start: number): boolean {
  let at = start - 1
  for (let steps = 0; steps < 64 && isBlank(text.charCodeAt(at)); steps++) at--
  if (at < 0 || isBreak(text.charCodeAt(at)) || isQuote(text.charCodeAt(at))) return true
  return ';|&({`!'.includes(text[at]!) ||
    /\b(?:then|do|else|builtin|command|time)$/.test(text.slice(Math.max(0, at - 8), at + 1))
}
