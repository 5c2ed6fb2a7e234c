import { readArguments, tail } from './options.ts'
import type { Field } from './words.ts'

/** Options in front of the subcommand that take a value. */
export const GIT_GLOBAL = {
  takes: 'Cc',
  long: ['git-dir', 'work-tree', 'namespace', 'exec-path', 'config-env', 'super-prefix'],
}

/** Settings whose value is a command; those of an alias only behind a `!`. */
const CODE_SETTINGS =
  /^(?:core\.(?:pager|editor|sshcommand|fsmonitor|askpass|gitproxy)|sequence\.editor|pager\..+|alias\..+|diff\.external|.+\.(?:textconv|command|clean|smudge|process|driver|cmd|helper)|gpg\.(?:.+\.)?program|interactive\.difffilter|uploadpack\.packobjectshook|credential\..*)$/i

const BUILTIN_ALIAS =
  /^alias\.(?:add|bisect|blame|branch|checkout|cherry-pick|clean|clone|commit|config|diff|fetch|gc|grep|init|log|merge|mv|pull|push|rebase|reflog|remote|reset|restore|revert|rm|show|stash|status|submodule|switch|tag|worktree)$/i

/** Commands that git is told to run: by settings on its line, and by subcommands that take one. */
export function gitCode(fields: readonly Field[]): readonly Field[] {
  const { options, rest } = readArguments(fields, GIT_GLOBAL, true)
  const found = options.flatMap(({ name, value }) =>
    name === '-c' && value !== undefined ? settingCode(value) : []
  )
  const [verb, ...others] = fields.slice(rest)
  if (verb?.text === 'config') {
    const operands = others.filter(({ text }) => !text.startsWith('-') && text !== 'set')
    const [key, value] = operands
    if (key !== undefined && value !== undefined && CODE_SETTINGS.test(key.text)) {
      found.push(...command(key.text, value))
    }
  } else if (verb?.text === 'submodule' && others[0]?.text === 'foreach') {
    const code = others.slice(1).filter(({ text }) => !text.startsWith('--'))
    if (code.length > 0) found.push({ ...code[0]!, text: code.map(({ text }) => text).join(' ') })
  } else if (verb?.text === 'bisect' && others[0]?.text === 'run' && others[1] !== undefined) {
    found.push({ ...others[1], text: others.slice(1).map(({ text }) => text).join(' ') })
  }
  return [...found, ...optionCode(verb?.text, others), ...fields.flatMap(transport)]
}

/** `ext::COMMAND` is a remote that a command speaks for (gitremote-helpers). */
function transport(field: Field): Field[] {
  return field.text.startsWith('ext::') ? [tail(field, 'ext::'.length)] : []
}

const OPTION =
  /^(?:-x|--exec|--extcmd|--upload-pack|--receive-pack|--(?:tree|index|msg|env|commit|parent|tag-name)-filter|--open-files-in-pager|--(?:sendmail|to|cc|header)-cmd|--httpd|--browser)(=|$)/

/** Options of some subcommands whose value follows the letter at once. */
const ATTACHED: Readonly<Record<string, RegExp>> = {
  grep: /^-O(?=.)/,
  rebase: /^-x(?=.)/,
  difftool: /^-x(?=.)/,
}

function optionCode(verb: string | undefined, fields: readonly Field[]): Field[] {
  const attached = verb !== undefined && Object.hasOwn(ATTACHED, verb) ? ATTACHED[verb] : undefined
  return fields.flatMap((field, i) => {
    const front = attached?.exec(field.text)?.[0]
    if (front !== undefined) return [tail(field, front.length)]
    const match = OPTION.exec(field.text)
    if (match === null) return []
    const value = match[1] === '=' ? tail(field, match[0].length) : fields[i + 1]
    return value === undefined ? [] : [value]
  })
}

function settingCode(setting: Field): Field[] {
  const equals = setting.text.indexOf('=')
  const key = setting.text.slice(0, Math.max(0, equals))
  // An alias never takes the place of a command that git has.
  if (BUILTIN_ALIAS.test(key)) return []
  return CODE_SETTINGS.test(key) ? command(key, tail(setting, equals + 1)) : []
}

function command(key: string, value: Field): Field[] {
  if (value.text.startsWith('!')) return [tail(value, 1)]
  if (/^alias\./i.test(key)) return [{ ...value, text: `git ${value.text}` }]
  return /^credential\./i.test(key) && !value.text.includes('/') ? [] : [value]
}
