import { here, list, newline, redirection, separator, simple } from './commands.ts'
import { argument, PROBES, type State } from './words.ts'

const below = (state: State): State => ({ ...state, depth: state.depth - 1 })

/** A list that ends where a reserved word or a bracket may follow. */
function body(state: State): string {
  const text = list(below(state))
  const end = state.bodies[0] === '' ? state.bodies.splice(0).join('') : undefined
  return text +
    (end ?? (state.random.chance(0.7) && state.bodies.length === 0 ? '; ' : newline(state)))
}

/** A list in front of a closing bracket. */
function bracketed(state: State): string {
  const text = list(below(state))
  return state.bodies.length === 0 ? text : text + newline(state)
}

/** Something whose outcome is known and that ends a loop. */
function condition(state: State): string {
  const { random, shell } = state
  return random.pick([
    () => body(state),
    () => `[ -n x ]; `,
    () => `test "$u" = ""; `,
    () => `! ${simple(state)}; `,
    ...(shell === 'dash' ? [] : [
      () => `[[ a == a && -n $(p1 t) ]]; `,
      () => `[[ a < b || (x > y) ]]; `,
      () => `[[ ab =~ ^(a|b) ]]; `,
      () => `[[ $u == "" ]] && [[ -f f1 ]]; `,
      () => `[[ -n x\n]]; `,
    ]),
    ...(shell === 'dash' ? [] : [() => `((1 + 1)); `, () => `((u == 0)); `]),
  ])()
}

/** Every command that holds others. */
export function compound(state: State): string {
  const { random } = state
  const text = random.pick([group, group, branch, branch, loop, loop, choice, tested])(state)
  return random.chance(0.1) ? `${text} ${redirection(state)}` : text
}

function group(state: State): string {
  const { random, names } = state
  if (random.chance(0.5)) return `{ ${body(state)}}`
  const kept = [...names]
  const inner = bracketed(state)
  names.splice(0, names.length, ...kept)
  return `(${inner.startsWith('(') ? ' ' : ''}${inner})`
}

function branch(state: State): string {
  const { random } = state
  const otherwise = random.pick([
    () => '',
    () => `else ${body(state)}`,
    () => `elif ${condition(state)}then ${body(state)}`,
    () => `elif ${condition(state)}then ${body(state)}else ${body(state)}`,
  ])
  return `if ${condition(state)}then ${body(state)}${otherwise()}fi`
}

function loop(state: State): string {
  const { random, shell, names } = state
  const name = random.pick(['i', 'j'])
  const inner = () => {
    names.push(name)
    const text = body(state)
    names.splice(names.lastIndexOf(name), 1)
    return text
  }
  const words = () => [argument(state), random.pick(PROBES), argument(state)].join(' ')
  return random.pick([
    () => `for ${name} in ${words()}; do ${inner()}done`,
    () => `for ${name} in ${random.pick(PROBES)} p2\ndo ${inner()}done`,
    () => `for ${name} in p1 p2; do $${name} x; done`,
    () => `for ${name}; do ${inner()}done`,
    () => `for ${name} do ${inner()}done`,
    () => `while ${condition(state)}do ${body(state)}break; done`,
    () => `until ! ${simple(state)}; do ${body(state)}break; done`,
    () => here(state, `while read ${name}; do $${name} y; done`, 'p1\np2 z'),
    ...(shell === 'dash' ? [] : [
      () => `for ((k = 0; k < 2; k++)); do ${body(state)}done`,
      () => `for ((k=0;k<1;k++)) { ${body(state)}}`,
      () => `while read -r ${name}; do $${name} w; done <<< 'p3 q'`,
      () => `while read ${name}; do $${name}; done < <(echo p4 v)`,
    ]),
  ])()
}

function choice(state: State): string {
  const { random, shell } = state
  const word = random.pick(['a', '"$u"', argument(state), '$(p1 c)', 'esac', 'p1'])
  const end = () => random.pick(shell === 'bash' ? [';;', ';;', ';&', ';;&'] : [';;'])
  const pattern = () =>
    random.pick(['a', '*', '(b|a', '(*', 'esac|x', '"a b"', '[ab]*', '$(p2 c)', '"$u"|?'])
  const arm = () => `${pattern()}) ${bracketed(state)} ${end()} `
  return random.pick([
    () => `case ${word} in ${arm()}esac`,
    () => `case ${word} in\n${arm()}\n${arm()}esac`,
    () => `case ${word} in ${arm()}*) ${body(state)}esac`,
    () => `case ${word} in # it's\n ${arm()}esac`,
    () => `case ${word} in esac`,
  ])()
}

function tested(state: State): string {
  const { shell } = state
  if (shell === 'dash') return `[ a = a ] && ${simple(state)}`
  return state.random.pick([
    () => `[[ -n \`p5 b\` && ! -e nofile ]] && ${simple(state)}`,
    () => `[[ a =~ [a\\ b]|x ]] && ${simple(state)}`,
    () => `(( $(p6 n; echo 1) )) && ${simple(state)}`,
    () => `(( 1 < 2 )) || ${simple(state)}`,
    () => `((1)) && ${simple(state)}`,
    () => `[[ x == "]]" || a ]] && ${simple(state)}`,
  ])()
}

/** A function and a call of it. */
export function definition(state: State): string {
  const { random, shell } = state
  const name = random.pick(['f', 'g', 'p7', 'p8'])
  const inner = { ...state, names: [] }
  const block = random.pick([
    () => `{ ${body(inner)}}`,
    () => `(${bracketed(inner).replace(/^\(/, ' (')})`,
    () => `{ "$@"; }`,
    () => `{ p1 "$1" $2; $3 d; }`,
    () => `{ shift; $1 e; }`,
    () => `{ local l=p2; $l "$#"; }`,
    () => `if p1; then ${body(inner)}fi`,
    () => `for i in p1; do $i; done`,
    () => `case $1 in a) p2 "$1";; *) p3 "$@";; esac`,
  ])()
  const head = random.pick([
    `${name}() `,
    `${name} ( )\n`,
    `${name}()\n`,
    ...(shell === 'dash' ? [] : [`function ${name} `, `function ${name}() `, `function ${name}\n`]),
  ])
  // What follows `function` without brackets must not begin with one.
  const spaced = head.startsWith('function') && !head.includes('(') && block.startsWith('(')
    ? `{ ${block}; }`
    : block
  const call = `${name} ${argument(state)} ${random.pick(PROBES)} p2`
  return `${head}${spaced}${separator({ ...state, plain: true }).replace(/&&/, ';')}${call}`
}
