import { type FileReasons, type PolicyReason, reasonsOf, type Tried } from './reasons.ts'

const PROFILES = [
  'standard',
  'strict',
  'ci',
  'research',
  'mcp-server',
  'monitor',
  'anti-exfil',
  'self-protection',
]
const PACKS = [
  'aws',
  'databases',
  'docker',
  'gcp',
  'git',
  'kubernetes',
  'node',
  'python',
  'terraform',
]

const HEAD =
  '<!-- Made from policies/: change those, then UPDATE=1 npm test -- node test/docs -->\n'
const LEGEND =
  'Each row of a table is a rule: what it answers, what it says, a line of its tests ' +
  'that meets it, and a neighbour that does not.'

interface Page {
  readonly text: string
  /** What it tells of. */
  readonly told: readonly FileReasons[]
}

/** The pages of reasons by path. */
export function reasonPages(): ReadonlyMap<string, Page> {
  const pages = PROFILES.map((name): [string, Page] => {
    const reasons = reasonsOf(`policies/${name}.yaml`)
    return [`docs/profiles/${name}.md`, {
      text: `# \`${name}\`\n\n${HEAD}\n${bodyOf(reasons, '##')}`,
      told: [reasons],
    }]
  })
  const packs = PACKS.map((name) => ({ name, reasons: reasonsOf(`policies/packs/${name}.yaml`) }))
  const sections = packs.map(({ name, reasons }) => `## \`${name}\`\n\n${bodyOf(reasons, '###')}`)
  const text = `# Packs\n\n${HEAD}\n${sections.join('\n')}`
  return new Map([
    ...pages,
    ['docs/profiles/packs.md', { text, told: packs.map(({ reasons }) => reasons) }],
  ])
}

function bodyOf({ intro, extends: bases, defaultAction, policies }: FileReasons, level: string) {
  const extended = bases.map((base) => `[\`${base}\`](${base}.md)`).join(' and ')
  const base = extended === '' ? '' : `Besides what is here, ${extended} is in force. `
  const rest = `${base}What no rule matches: \`${defaultAction}\`.`
  const legend = policies.length === 0 || level !== '##' ? '' : `\n\n${LEGEND}`
  const sections = policies.map((one) => `\n${level} ${one.policy.name}\n\n${sectionOf(one)}`)
  return `${intro}\n${rest}${legend}\n${sections.join('')}`
}

function sectionOf({ policy, rules }: PolicyReason): string {
  const rows = rules.map(({ rule, met, neighbour }) =>
    `| ${rule.action} | ${cell(rule.message ?? '')} | ${shown(met)} | ${shown(neighbour)} |\n`
  )
  return `${policy.description ?? ''}\n\n| answer | message | for | not for |\n` +
    `| --- | --- | --- | --- |\n${rows.join('')}`
}

function shown(tried: Tried | undefined): string {
  if (tried === undefined) return ''
  const { tool, line } = tried
  const code = cell(line)
  const fence = code.includes('`') ? '``' : '`'
  const verb = ['read', 'write', 'fetch'].includes(tool) ? `${tool} ` : ''
  return `${verb}${fence}${code}${fence}`
}

/** A text as it may stand in a cell of a table. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ⏎ ')
}
