import { here, list, simple } from './commands.ts'
import { argument, program, quote, type State } from './words.ts'

/** Code as one word: what stands in it is a line of its own. */
function code(state: State, names: readonly string[]): string {
  const below: State = { ...state, depth: state.depth - 1, bodies: [], names: [...names] }
  const text = list(below)
  const whole = below.bodies.length === 0 ? text : `${text}\n${below.bodies.join('')}`
  const { random } = state
  if (random.chance(0.1) && /^[\w ./;-]+$/.test(whole)) return `"${whole}"`
  return quote(whole)
}

const shellOf = ({ random, shell }: State): string =>
  shell === 'dash' ? random.pick(['sh', 'dash']) : random.pick(['bash', 'bash', shell])

/** Code that a POSIX shell reads, too: `sh` is one. */
const posix = (state: State): State => ({ ...state, shell: 'dash' })

/** Commands that run others. */
export function launcher(state: State): string {
  const { random, names, shell, depth } = state
  if (depth <= 0) return flat(state)
  return random.pick([
    () => flat(state),
    () => flat(state),
    () => `eval ${code(state, names)}`,
    () => `eval ${argumentList(state)}`,
    () => `${shellOf(state)} -c ${code(state, [])}`,
    () => `sh -c ${code(posix(state), [])}`,
    () => `${shellOf(state)} -c ${code(state, [])} x 'a b' c`,
    () => `sh -c '"$@"' _ ${simple(state)}`,
    () => `sh -c '$0 "$1"' ${simple(state)}`,
    () => `sh -ec ${code(posix(state), [])}`,
    () => `(exec ${simple(state)})`,
    () => `(trap ${code(state, names)} EXIT; p1 t)`,
    () => `trap ${code(state, names)} EXIT`,
    () => `echo ${code(posix(state), [])} | sh`,
    () => `printf '%s\\n' ${code(posix(state), [])} | sh`,
    () => `printf 'p1 %s\\n' a b | sh`,
    () => here(state, 'sh -s x y', 'p1 "$@"; p2 $1', "'E'"),
    () => here(state, 'sh', 'p3 h; $(echo p4)'),
    () => `${here(state, 'cat', 'p5 h "a  b"', "'E'")} | sh`,
    () => here(state, '. /dev/stdin', 'p6 h'),
    ...(shell === 'dash' ? [] : [
      () => `${shellOf(state)} <<< ${code(state, [])}`,
      () => `${shellOf(state)} -s a <<< 'p1 "$1"'`,
      () => `. <(echo ${code(state, names)})`,
      () => `source <(printf 'p2 s')`,
      () => `builtin eval ${code(state, names)}`,
      () => `${shellOf(state)} --norc -c ${code(state, [])}`,
      () => `${shellOf(state)} +x -o pipefail -c ${code(state, [])}`,
    ]),
  ])()
}

function argumentList(state: State): string {
  return `${program(state)} ${argument(state)}`
}

/** Launchers that take a command as it is. */
function flat(state: State): string {
  const { random, shell } = state
  const words = () => argumentList(state)
  return random.pick([
    () => `env ${words()}`,
    () => `env -i ${words()}`,
    () => `env A=b -- ${words()}`,
    () => `env -u X C=d ${words()}`,
    () => `env -S 'p1 a b'`,
    () => `env -S'p2 "c d"' ${argument(state)}`,
    () => `env A=p1 sh -c '$A z'`,
    () => `nice ${words()}`,
    () => `nice -n 1 ${words()}`,
    () => `nice -1 ${words()}`,
    () => `nohup ${words()}`,
    () => `timeout 9 ${words()}`,
    () => `timeout -k 1 9s ${words()}`,
    () => `timeout --signal=TERM 9 ${words()}`,
    () => `command ${words()}`,
    () => `command -- ${words()}`,
    () => `command -p true; command env ${words()}`,
    () => `e\\nv ni"ce" ${words()}`,
    () => `echo a b | xargs ${words()}`,
    () => `printf 'a\\nb\\n' | xargs -n 1 ${words()}`,
    () => `printf 'a\\nb\\n' | xargs -I{} ${words()} {}x`,
    () => `printf '%s\\n' p1 p2 | xargs -I% sh -c '% y'`,
    () => `echo "a b" 'c d' | xargs -L1 ${words()}`,
    () => `echo p1 x | xargs env`,
    () => `xargs ${words()} </dev/null`,
    () => `find . -maxdepth 1 -name 'f?' -exec ${words()} {} \\;`,
    () => `find f1 -exec ${words()} {} +`,
    () => `find d -name x -exec sh -c 'p1 "$0"' {} ';'`,
    () => `find . -maxdepth 1 -name f1 -execdir ${words()} \\; -exec p2 {} \\;`,
    () => `env nice timeout 9 nohup ${words()}`,
    ...(shell === 'bash' ? [() => `(exec -a zero p1 z)`, () => `(exec -c p2 z)`] : []),
  ])()
}
