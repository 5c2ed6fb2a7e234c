import { compound, definition } from './compounds.ts'
import { launcher } from './launchers.ts'
import { Random } from './random.ts'
import { argument, blank, program, reference, type Shell, spelled, type State } from './words.ts'

/** A whole line: some commands, and now and then a fault in it. */
export function lineOf(random: Random, shell: Shell): string {
  const state: State = {
    random,
    shell,
    depth: 2,
    names: [],
    bodies: [],
    plain: false,
    command: list,
  }
  const count = 1 + random.below(3)
  let line = ''
  for (let i = 0; i < count; i++) {
    line += statement(state)
    line += i < count - 1 ? separator(state) : ending(state)
  }
  return random.chance(0.15) ? damaged(line, random) : line
}

/** Anything that may stand where a command may. */
function statement(state: State): string {
  const { random, depth } = state
  if (state.plain) return simple(state)
  if (random.chance(0.3)) return setting(state)
  if (depth > 0 && random.chance(0.08)) return definition(state)
  return pipeline(state)
}

/** One or two commands: what stands in brackets, bodies and substitutions. */
export function list(state: State): string {
  const first = statement(state)
  return state.random.chance(0.7) ? first : first + separator(state) + pipeline(state)
}

function pipeline(state: State): string {
  const { random } = state
  const front = random.chance(0.06)
    ? random.pick(['! ', 'time ', ...(state.shell === 'dash' ? [] : ['time -p ', '! time '])])
    : ''
  // `time` is a program elsewhere, and not one that stands in the temporary PATH.
  const known = state.shell === 'bash' ? front : front === '! ' ? front : ''
  let text = known + single(state)
  while (random.chance(0.12)) {
    text += random.pick([' | ', '|', ...(state.shell === 'dash' ? [] : [' |& ', '|\n'])])
    text += single(state)
  }
  return text
}

function single(state: State): string {
  const { random, depth } = state
  if (depth > 0 && random.chance(0.14)) return compound(state)
  if (random.chance(0.2)) return launcher(state)
  return simple(state)
}

/** A program with arguments, assignments and redirections around it. */
export function simple(state: State): string {
  const { random } = state
  const words: string[] = []
  if (random.chance(0.08)) words.push(assignment(state, 'v'))
  if (random.chance(0.05)) words.push(redirection(state))
  words.push(program(state))
  const count = random.below(4)
  for (let i = 0; i < count; i++) words.push(argument(state))
  if (random.chance(0.08)) words.push(redirection(state))
  return words.join(blank(state))
}

function assignment(state: State, name: string): string {
  const { random } = state
  const value = random.chance(0.5)
    ? spelled(random.pick(['p1', 'p2', 'rm', 'p3 a', 'a b', 'p']).replace(/ .*/, ''), state)
    : random.pick([`'p3 a'`, `"p4  b c"`, '', argument(state), '"$u"p5', 'p1:p2', '~', `' p2 '`])
  return `${name}=${value}`
}

/** Commands that change what later ones mean. */
function setting(state: State): string {
  const { random, names, shell } = state
  const name = random.pick(['r', 's', 'q_1'])
  const text = random.pick([
    () => assignment(state, name),
    () => assignment(state, name),
    () => assignment(state, name),
    () => `${assignment(state, name)} t=${reference(name, state)}`,
    () => `export ${assignment(state, name)}`,
    () => `readonly z${random.below(9)}=1 && ${assignment(state, name)}`,
    () => `set -- ${argument(state)} ${argument(state)}`,
    () => `set -- p1 a; "$@" b`,
    () => `set -- p2 'c d'; $1 "$2"`,
    () => 'shift',
    () => `unset ${name}`,
    () => `cd d`,
    () => `cd ./d && ./${random.pick(['p1', 'p2'])} x`,
    () => `IFS=, ; ${name}=p1,a,b`,
    () => `: \${${name}:=p6}`,
    () => `: "\${${name}=p5}"`,
    () => here(state, `read ${name}`, random.pick(['p1', 'p2 a'])),
    () => `${name}=$(printf '%s' ${random.pick(['p1', '"p2 a"', 'p3'])})`,
    () => `${name}=\`echo p4\``,
    ...(shell === 'dash' ? [] : [
      () => `${name}=(${argument(state)} p2 b)`,
      () => `${name}=(p1 'a b'); "\${${name}[@]}"`,
      ...(shell === 'bash' ? [() => `${name}=(p1 c); \${${name}[@]} "\${${name}[1]}"`] : []),
      () => `${name}+=1`,
      () => `${name}=p; ${name}+=3`,
      () => `declare ${assignment(state, name)}`,
      () => `typeset ${name}=p2`,
      () => `read -r ${name} <<< ${random.pick(["'p1'", "'p2 a'", '"p3"'])}`,
      () => `printf -v ${name} '%s' p4`,
      () => `(( n = 1 + 2 ))`,
      () => `let n=1`,
    ]),
  ])()
  names.push(name)
  return text
}

export function redirection(state: State): string {
  const { random, shell } = state
  const delimiter = random.pick(['E', 'EOF', 'a.b'])
  const kind = random.below(10)
  if (kind < 3 && !state.plain) {
    const dashed = random.chance(0.3)
    const mark = random.pick([delimiter, `'${delimiter}'`, `"${delimiter}"`, `\\${delimiter}`])
    const body = random.pick([
      'text\n',
      'p1 x\n',
      "it's\n",
      '"\n',
      '$(p2 h)\n',
      '`p3 h`\n',
      '${u:-$(p4 h)}\n',
      '\\$(p5 h)\n',
      ')\n',
      '',
      'a\\\nE\n',
      `x${delimiter}\n`,
      `${delimiter} \n`,
    ])
    state.bodies.push((dashed ? `\t${body}\t` : body) + `${delimiter}\n`)
    return `<<${dashed ? '-' : ''}${random.chance(0.3) ? ' ' : ''}${mark}`
  }
  const own = shell === 'dash' ? [] : [`<<<x`, `<<< "a b"`, `&>out`, `&>>out`, `{fd}>out`]
  return random.pick([
    ...['>out', '> out', '>>out', '2>&1', '2>out', '<f1', '>|out', '2>&-', '<&-', '1>&2'],
    ...own,
  ])
}

/** A command that is fed a here-document. */
export function here(state: State, command: string, body: string, mark = 'E'): string {
  state.bodies.push(`${body}\nE\n`)
  return `${command} <<${mark}`
}

export function newline(state: State): string {
  const bodies = state.bodies.join('')
  state.bodies.length = 0
  return `\n${bodies}`
}

/** What joins two commands; a here-document waits for the next newline. */
export function separator(state: State): string {
  const { random } = state
  if (state.plain) return random.pick([';', ' && '])
  if (state.bodies.length > 0 && random.chance(0.7)) return newline(state)
  return random.pick([
    ...[';', '; ', ' ; ', ' && ', '&&', ' || ', '||', ' & ', '&', ' &&\n', ' ||\n'].map(
      (text) => () => text.endsWith('\n') ? text.slice(0, -1) + newline(state) : text,
    ),
    () => newline(state),
    () => newline(state),
    () => ` # it's a (comment${newline(state)}`,
    () => `;${newline(state)}\n`,
  ])()
}

function ending(state: State): string {
  if (state.bodies.length > 0) return newline(state)
  return state.random.pick(['', '', '', '\n', ';', ' &', ' # end', ' '])
}

const MARKS = [...'\'"`$(){};&|<>\\ \n#*?[]=~!,ab1', '$(', '${', '((', '))', '&&', '<<', "$'", ';;']

/** A line with a character too many, too few or twice. */
function damaged(line: string, random: Random): string {
  const at = random.below(line.length + 1)
  const kind = random.below(4)
  if (kind === 0) return line.slice(0, at) + line.slice(at + 1 + random.below(3))
  if (kind === 1) {
    const to = Math.min(line.length, at + 1 + random.below(8))
    return line.slice(0, to) + line.slice(at, to) + line.slice(to)
  }
  return line.slice(0, at) + random.pick(MARKS) + line.slice(at)
}
