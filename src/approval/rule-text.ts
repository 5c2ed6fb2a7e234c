import { kindOf } from '../engine/own-rule-kind.ts'
import type { OwnRule } from '../engine/own-rule.ts'
import { shellQuote } from '../intercept/shell/quote.ts'

/** What a rule of the person's is about, in words; nothing that was put into it can look like them. */
export function textOf(rule: OwnRule): string {
  if (rule.action === 'except') return `${rule.answers} is out of force: ${rule.reason ?? ''}`
  const bound = [
    rule.cwd === undefined ? [] : [`in ${shellQuote(rule.cwd)}`],
    rule.project === undefined ? [] : [`in ${shellQuote(rule.project)} and below`],
    Object.values(rule.scripts ?? {}).some((hash) => hash !== 'none')
      ? ['while its scripts stay as they are']
      : [],
  ].flat()
  return [aboutOf(rule), ...bound].join(', ')
}

function aboutOf(rule: OwnRule): string {
  const { tool = '', generalisation, flags = [], program = '', verbs = [] } = rule
  const words = [program, ...verbs].map(shellQuote).join(' ')
  switch (generalisation) {
    case 'program':
      return `every command of ${words}`
    case 'flags':
      if (rule.action === 'block') {
        return `${[words, ...flags.map(shellQuote)].join(' ')}, whatever else it is given`
      }
      return flags.length === 0
        ? `${words} without options, whatever its operands`
        : `${words} with ${flags.map(shellQuote).join(' ')}, whatever its operands`
    case 'directory':
      return `${tool} of every file in ${shellQuote(rule.directory ?? '')} and below`
    case 'host':
      return `fetch of every URL of ${rule.host}`
    case 'tool':
      return `every call of ${tool}`
    default:
      return exactly(rule)
  }
}

function exactly({ tool = '', line, argv, whole, path, url, method, params }: OwnRule): string {
  if (line !== undefined) return `the whole line ${line}`
  if (argv !== undefined) {
    const words = argv.map(shellQuote).join(' ')
    return whole === undefined ? words : `${words} (with what is set or redirected: ${whole})`
  }
  if (kindOf(tool) === 'path') return `${tool} of ${shellQuote(path ?? '')}`
  if (url !== undefined) return `${method === 'GET' ? 'fetch' : method ?? 'fetch'} of ${url}`
  return `${tool} with ${params}`
}
