/** The policy language in its shortest true form: slow, obvious, and shared with no engine code. */
export type Word = 'deny' | 'webhook' | 'require_approval' | 'log' | 'allow'

export interface BookRule {
  readonly action: Word
  readonly when?: {
    readonly command_matches?: readonly string[]
    readonly command_not_matches?: readonly string[]
  }
}

export interface BookPolicy {
  readonly layer: 'managed' | 'user' | 'project'
  readonly name: string
  readonly priority: number
  readonly rules: readonly BookRule[]
}

export interface Book {
  readonly defaultAction: Exclude<Word, 'webhook'>
  readonly policies: readonly BookPolicy[]
}

const STRENGTH: readonly Word[] = ['deny', 'webhook', 'require_approval', 'log', 'allow']
const RESTRICTIVE: readonly Word[] = ['deny', 'webhook', 'require_approval']

/** The action for a line of plain commands joined by `&&`. */
export function decideByTheBook(book: Book, commands: readonly string[]): Word {
  const votes: Word[] = []
  for (const command of commands) {
    const spoken = book.policies.flatMap((policy) => {
      const rule = policy.rules.find((r) => holds(r, command))
      return rule === undefined ? [] : [{ layer: policy.layer, action: rule.action }]
    })
    votes.push(...spoken.map(({ action }) => action))
    const counted = spoken.filter(({ layer, action }) => layer !== 'project' && action !== 'log')
    if (counted.length === 0) votes.push(book.defaultAction)
  }
  if (commands.length > 1) {
    const line = commands.join('&&')
    for (const { rules } of book.policies) {
      const rule = rules.find((r) =>
        RESTRICTIVE.includes(r.action) && r.when?.command_matches?.some((pattern) =>
          glob(squeeze(pattern), line) &&
          (/[|&;<>]/.test(pattern) || !commands.some((c) =>
            glob(squeeze(pattern), c)
          ))
        ) && !excluded(r, line)
      )
      if (rule !== undefined) votes.push(rule.action)
    }
  }
  return STRENGTH.find((word) => votes.includes(word)) ?? 'allow'
}

function holds(rule: BookRule, command: string): boolean {
  const wanted = rule.when?.command_matches
  return (wanted === undefined || wanted.some((p) => glob(squeeze(p), command))) &&
    !excluded(rule, command)
}

function excluded(rule: BookRule, command: string): boolean {
  return rule.when?.command_not_matches?.some((p) => glob(squeeze(p), command)) ?? false
}

const squeeze = (pattern: string) => pattern.replaceAll(/ *&& */g, '&&')

function glob(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  if (pattern[0] !== '*') {
    return text !== '' && text[0] === pattern[0] && glob(pattern.slice(1), text.slice(1))
  }
  return glob(pattern.slice(1), text) || (text !== '' && glob(pattern, text.slice(1)))
}
