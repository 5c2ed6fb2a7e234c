import { abridge, display } from '../audit/display.ts'
import { type Nature, natureOf } from '../intercept/mcp-words.ts'
import { type Definition, doubtOf } from './definitions.ts'

type Action = 'allow' | 'require_approval' | 'deny'

interface Group {
  readonly name: string
  readonly description: string
  readonly action: Action
  readonly message: string
}

/** By what a tool's name says that it does; a name that says nothing, and one with a finding, asks. */
const GROUPS: Readonly<Record<'looking' | 'changing' | 'destroying' | 'unclear', Group>> = {
  looking: {
    name: 'looking',
    description: 'By their names these tools look at something.',
    action: 'allow',
    message: 'A tool that looks',
  },
  changing: {
    name: 'changing',
    description: 'By their names these tools change something, or reach out.',
    action: 'require_approval',
    message: 'A tool that changes something: a person looks first',
  },
  unclear: {
    name: 'unclear',
    description:
      'The names of these tools do not say what they do, or their definitions say too much.',
    action: 'require_approval',
    message: 'Nobody knows what this tool does: a person looks first',
  },
  destroying: {
    name: 'destroying',
    description: 'By their names these tools destroy something, or run code.',
    action: 'deny',
    message: 'A tool that destroys, or runs code',
  },
}
const OF: Readonly<Record<Nature, keyof typeof GROUPS>> = {
  read: 'looking',
  write: 'changing',
  fetch: 'changing',
  destroy: 'destroying',
  exec: 'destroying',
}

/**
 * A policy file to start from, with a test for each tool. Names and descriptions are the server's own claim: they
 * sort, and a person reads what came of it.
 */
export function starterPolicy(server: string, tools: readonly Definition[]): string {
  const byGroup = new Map<Group, Definition[]>()
  for (const tool of tools) {
    const nature = natureOf(tool.name)
    const isDoubtful = doubtOf(tool, undefined) !== undefined
    const group = GROUPS[nature === undefined || isDoubtful ? 'unclear' : OF[nature]]
    byGroup.set(group, [...byGroup.get(group) ?? [], tool])
  }
  const groups = Object.values(GROUPS).filter((group) => byGroup.has(group))
  const policies = groups.map((group) => policyText(server, group, byGroup.get(group)!))
  const tests = groups.flatMap((group) =>
    byGroup.get(group)!.map(({ full }) =>
      `  - {name: ${JSON.stringify(`${full} is ${group.name}`)}, tool: ${
        JSON.stringify(full)
      }, params: {}, expect: ${group.action}}`
    )
  )
  return `# Made by \`rampart mcp scan\` from the tools that the server ${server} lists. Their names and descriptions
# are the server's own claim: read them before you rely on this. A tool that the server adds later matches
# nothing here; scan again then.
version: "1"
default_action: allow
extends: standard

policies:${policies.length === 0 ? ' []' : `\n${policies.join('\n')}`}
${tests.length === 0 ? '' : `\ntests:\n${tests.join('\n')}\n`}`
}

function policyText(server: string, group: Group, tools: readonly Definition[]): string {
  const names = tools.map((tool) => `        - ${JSON.stringify(tool.full)}${aboutTool(tool)}`)
  return `  - name: mcp-${server}-${group.name}
    description: ${JSON.stringify(group.description)}
    match:
      tool:
${names.join('\n')}
    rules:
      - action: ${group.action}
        message: ${JSON.stringify(group.message)}
`
}

function aboutTool(tool: Definition): string {
  const { findings = [] } = doubtOf(tool, undefined) ?? {}
  const description = tool.fields['description']
  const said = typeof description === 'string' ? abridge(description.replace(/\s+/g, ' '), 80) : ''
  const doubts = findings.map(({ what }) => `its definition ${what}`).join(', ')
  const text = [doubts.toUpperCase(), said].filter((part) => part !== '').join('; ')
  return text === '' ? '' : `  # ${display(text)}`
}
