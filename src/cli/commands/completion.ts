import { RampartError } from '../../errors.ts'
import type { Command, Invocation } from '../command.ts'
import { COMMON_FLAGS, TABLE } from '../table.ts'

/** Completion is read off the command table, so it can never offer what is not there. */
const SHELLS: Readonly<Record<string, () => string>> = { bash, zsh, fish }

export async function run({ operands, out }: Invocation): Promise<number> {
  const script = SHELLS[operands[0]!]
  if (script === undefined) {
    throw new RampartError('usage', `Unknown shell "${operands[0]}": one of bash, zsh, fish`)
  }
  out.verbatim(script())
  return 0
}

/** The first words, and the second words of those that have some. */
function words(): { first: string[]; second: Map<string, string[]> } {
  const second = new Map<string, string[]>()
  const first = new Set<string>()
  for (const { name } of TABLE) {
    const [head, tail] = name.split(' ') as [string, string | undefined]
    first.add(head)
    if (tail !== undefined) second.set(head, [...(second.get(head) ?? []), tail])
  }
  return { first: [...first], second }
}

function flagWords({ flags }: Command): string {
  return [...flags, ...COMMON_FLAGS].map(({ name }) => `--${name}`).join(' ')
}

function cases(indent: string): string {
  return TABLE.map((row) => `${indent}"${row.name}") words="${flagWords(row)}" ;;`).join('\n')
}

/** Words for the name so far; `$1 $2` when that is a command, else `$1`. */
function lookup(): string {
  const { first, second } = words()
  const heads = [...second].map(([head, tails]) =>
    `    "${head}") case "$2" in ${tails.join('|')}) name="$1 $2" ;; *) extra="${
      tails.join(' ')
    }" ;; esac ;;`
  )
  return `_rampart_words() {
  local name="$1" extra="" words=""
  case "$1" in
    "") printf '%s' "${first.join(' ')}"; return ;;
${heads.join('\n')}
  esac
  case "$name" in
${cases('    ')}
  esac
  printf '%s' "$extra $words"
}`
}

function bash(): string {
  return `# rampart completion for bash: source <(rampart completion bash)
${lookup()}
_rampart() {
  local current="\${COMP_WORDS[COMP_CWORD]}" first="" second=""
  [ "$COMP_CWORD" -gt 1 ] && first="\${COMP_WORDS[1]}"
  [ "$COMP_CWORD" -gt 2 ] && second="\${COMP_WORDS[2]}"
  COMPREPLY=($(compgen -W "$(_rampart_words "$first" "$second")" -- "$current"))
}
complete -o default -F _rampart rampart
`
}

function zsh(): string {
  return `#compdef rampart
# rampart completion for zsh: source <(rampart completion zsh)
${lookup()}
_rampart() {
  local first="" second=""
  (( CURRENT > 2 )) && first="\${words[2]}"
  (( CURRENT > 3 )) && second="\${words[3]}"
  local -a offered
  offered=(\${=$(_rampart_words "$first" "$second")})
  compadd -- $offered
  _files
}
compdef _rampart rampart
`
}

function fish(): string {
  const { second } = words()
  const quote = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`
  const lines = TABLE.flatMap(({ name, summary, flags }) => {
    const [head, tail] = name.split(' ') as [string, string | undefined]
    const seen = tail === undefined
      ? `__fish_seen_subcommand_from ${head}`
      : `__fish_seen_subcommand_from ${head}; and __fish_seen_subcommand_from ${tail}`
    const offer = tail === undefined
      ? `complete -c rampart -f -n __fish_use_subcommand -a ${head} -d ${quote(summary)}`
      : `complete -c rampart -f -n ${
        quote(
          `__fish_seen_subcommand_from ${head}; and not __fish_seen_subcommand_from ${
            second.get(head)!.join(' ')
          }`,
        )
      } -a ${tail} -d ${quote(summary)}`
    return [
      offer,
      ...flags.map((flag) =>
        `complete -c rampart -n ${quote(seen)} -l ${flag.name}${
          flag.value === undefined ? '' : ' -r'
        }${flag.choices === undefined ? '' : ` -f -a ${quote(flag.choices.join(' '))}`} -d ${
          quote(flag.help)
        }`
      ),
    ]
  })
  const common = COMMON_FLAGS.map(({ name, help }) =>
    `complete -c rampart -l ${name} -d ${quote(help)}`
  )
  return `# rampart completion for fish: rampart completion fish | source\n${
    [...lines, ...common].join('\n')
  }\n`
}
