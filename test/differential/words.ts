import { Random } from './random.ts'

export type Shell = 'bash' | 'dash' | 'zsh'

/** Programs that only say that they ran; the names that sound dangerous are stubs like the others. */
export const PROBES = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'rm'] as const

/** What a line has set so far, so that what follows can use it. */
export interface State {
  readonly random: Random
  readonly shell: Shell
  /** Substitutions and compounds may still go so deep. */
  depth: number
  readonly names: string[]
  /** Bodies of here-documents that the next newline must bring. */
  bodies: string[]
  /** What stands inside of single quotes or backticks may hold neither. */
  readonly plain: boolean
  /** Reads a command: handed in, for words hold commands and commands hold words. */
  readonly command: (state: State) => string
}

const LETTERS = [
  'a',
  'b',
  'x',
  'y',
  'ab',
  'a1',
  '-f',
  '-rf',
  'd/x',
  'k=v',
  '.',
  '..',
  '2',
  '%s',
  ',',
]
const BLANKS = [' ', '  ', '\t', ' \\\n ']

export const blank = ({ random }: State): string => random.chance(0.85) ? ' ' : random.pick(BLANKS)

/** One command below, with the bodies of its here-documents brought before it ends. */
export function inside(state: State): string {
  const below: State = { ...state, depth: state.depth - 1, bodies: [], names: [...state.names] }
  const text = state.command(below)
  return below.bodies.length === 0 ? text : `${text}\n${below.bodies.join('')}`
}

/** Text in some spelling; what it stands for is the text itself. */
export function spelled(text: string, state: State): string {
  const { random, shell } = state
  if (random.chance(0.35) || state.plain) return text
  const at = random.below(text.length + 1)
  const [left, right] = [text.slice(0, at), text.slice(at)]
  const dollar = shell !== 'dash'
  const ways: (() => string)[] = [
    () => `'${text}'`,
    () => `"${text}"`,
    () => `${left}""${right}`,
    () => `${left}'${right}'`,
    () => `"${left}"${right}`,
    () => right === '' ? text : `${left}\\${right}`,
    () => `${left}\\\n${right}`,
    () => `${left}\${u}${right}`,
    () => `${left}\${u:+q}${right}`,
    () => `${left}$@${right}`,
    () => `${left}"$*"${right}`,
    () => `${left}$(echo ${right === '' ? "''" : right})`,
    () => `${left}\`echo ${right === '' ? "''" : right}\``,
    () => `${left}$(printf %s ${right === '' ? "''" : right})`,
    () => `\${u:-${text}}`,
    () => `\${u-"${left}"${right}}`,
    () => `"\${u:-${text}}"`,
    () => `${left}$( )${right}`,
    ...(dollar
      ? [
        () => `$'${left}'${right}`,
        ...(shell === 'bash' ? [() => `$"${left}"${right}`] : []),
        () => `$'${escaped(text, random)}'`,
        () => `${left}$'${right}'`,
      ]
      : []),
  ]
  return random.pick(ways)()
}

function escaped(text: string, random: Random): string {
  return [...text].map((char) => {
    const code = char.charCodeAt(0)
    return random.pick([
      char,
      `\\x${code.toString(16)}`,
      `\\${code.toString(8).padStart(3, '0')}`,
      `\\u${code.toString(16).padStart(4, '0')}`,
    ])
  }).join('')
}

/** The name of a program, in every way a name can be spelled, or hidden in a variable set before. */
export function program(state: State): string {
  const { random, names, shell } = state
  if (names.length > 0 && random.chance(0.3)) return reference(random.pick(names), state)
  const name = random.pick(PROBES)
  if (random.chance(0.06)) return `./${random.pick([name, spelled(name, state), 'p?', 'd/../p1'])}`
  if (random.chance(0.03) && !state.plain) return `d/\${u}${name}`
  if (shell === 'bash' && random.chance(0.05)) {
    return random.pick([`{${name},a}`, `{${name},}`, `{,${name}}`, `${name}{,}`, `p{1..2}`])
  }
  return spelled(name, state)
}

const operators = (shell: Shell): readonly string[] =>
  shell === 'dash'
    ? [':-b', '-b', ':+c', '+c', '#?', '%?', '##*/', '%%x*', ':?', '=b', ':=b', "#'p'", '%"1"']
    : [
      ...[':-b', '-b', ':+c', '+c', '#?', '%?', '##*/', '%%x*', ':?', '=b', ':=b', "#'p'", '%"1"'],
      ...['/a/b', '//a/b', '/p/q', ':0', ':0:1', ':1', '/#p/r', '/%1/2', '/a'],
    ]

/** A use of a variable that the line set, or of one that it did not. */
export function reference(name: string, state: State): string {
  const { random, shell } = state
  const braced = shell === 'dash'
    ? []
    : shell === 'zsh'
    ? [`\${${name}[@]}`]
    : [`\${${name}[0]}`, `\${${name}[@]}`]
  const case_ = shell === 'bash' ? [`\${${name}^^}`, `\${${name},,}`, `\${!${name}}`] : []
  const plain = [`$${name}`, `\${${name}}`, `"$${name}"`, `"\${${name}}"`]
  if (random.chance(0.6)) return random.pick(plain)
  const operator = `\${${name}${random.pick(operators(shell))}}`
  return random.pick([operator, `"${operator}"`, `\${#${name}}`, ...braced, ...case_])
}

/** An argument. */
export function argument(state: State): string {
  const { random } = state
  if (state.plain) return random.pick(['a', 'b', 'x', '1'])
  const count = random.chance(0.75) ? 1 : 2
  let text = ''
  for (let i = 0; i < count; i++) text += piece(state)
  return text
}

function piece(state: State): string {
  const { random, names, shell } = state
  const kind = random.below(20)
  if (kind < 7) return spelled(random.pick(LETTERS), state)
  if (kind < 9 && names.length > 0) return reference(random.pick(names), state)
  if (kind < 12) return quoted(state)
  if (kind < 13) return random.pick(['"$@"', '$@', '$*', '"$*"', '$1', '$#', '"${1-a}"', '${2:-b}'])
  if (kind < 14) {
    return random.pick(['$u', '${u}', '"$u"', '${u:-a b}', '"${u:-a b}"', '${u:-$(p1 s)}'])
  }
  if (kind < 15) {
    return random.pick(['*', 'f?', '[ef]1', 'd/*', '"*"', '\\*', 'nofile*', '~', '~/x', '"~"'])
  }
  if (kind < 16 && shell === 'bash') {
    return random.pick([
      '{a,b}',
      'x{1..3}',
      '{a,{b,c}}',
      '{a}',
      '{a,"b c"}',
      '{,a}',
      '\\{a,b}',
      '{$u,b}',
    ])
  }
  if (kind < 17) return arithmetic(state)
  if (state.depth <= 0) return random.pick(LETTERS)
  if (kind < 18 && shell !== 'dash') {
    return random.pick([`<(${inside(state)})`, `<( ${inside(state)} )`])
  }
  return substitution(state)
}

/** `$( … )` in its spellings. */
export function substitution(state: State): string {
  const { random } = state
  const around = random.chance(0.4) ? '"' : ''
  if (random.chance(0.25)) {
    const below: State = { ...state, plain: true, depth: 0, bodies: [], names: [] }
    return `${around}\`${state.command(below)}\`${around}`
  }
  const comment = random.chance(0.1) ? ` # ) it's\n` : ''
  const lead = random.chance(0.3) ? ' ' : ''
  const text = inside(state)
  const begins = text.startsWith('(') ? ' ' : lead
  return `${around}$(${begins}${text}${comment})${around}`
}

function arithmetic({ random, depth, ...rest }: State): string {
  const state = { random, depth, ...rest }
  if (depth > 0 && random.chance(0.3)) return `$((1 + $(${inside(state)}; echo 1)))`
  return random.pick([
    '$((1+2))',
    '"$((2*3))"',
    '$(( (1) ))',
    '$((u))',
    '$((1<<2))',
    '$((${u:-3}))',
  ])
}

function quoted(state: State): string {
  const { random, names, shell } = state
  const name = names.length > 0 ? random.pick(names) : 'u'
  const deep = state.depth > 0 ? [`"a $(${inside(state)}) b"`, `"\${u:-$(${inside(state)})}"`] : []
  const dollar = shell === 'dash' ? [] : [
    `$'a\\'b'`,
    `$'a\\nb'`,
    `$'\\\\'`,
    `"$'x'"`,
    `$'a;p1'`,
    `"\${u:-$'z'}"`,
  ]
  return random.pick([
    ...["'a b'", '"a b"', 'a\\ b', '"a\\"b"', `'a"b'`, `"a'b"`, "'a'\\''b'", "''", '""', '"\\$x"'],
    ...[
      "'$x'",
      '"\\\\"',
      '"a\\b"',
      'a#b',
      "'#'",
      '"#"',
      "'a;p1 x'",
      '"a && p2"',
      'a\\;b',
      '"a\nb"',
    ],
    ...[
      `"$${name}x"`,
      `"\${${name}}x"`,
      `"a$"`,
      '$',
      '"\\`"',
      "'a\nb'",
      '"(a)"',
      "'a|b'",
      '"a\\\nb"',
    ],
    ...['"${u:-\'q\'}"', "${u:-'q}'}", '${u:-"}"}', '"${u:-"a b"}"', '${u:-\\}}'],
    ...dollar,
    ...(shell === 'bash' ? ['$"a b"'] : []),
    ...deep,
  ])
}

/** A word that a shell reads back as this text. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
