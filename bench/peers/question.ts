/** Deny when the tool is this one and its text is like the pattern; anything else is allowed. */
export interface Rule {
  readonly tool: string
  /** Exactly one `*` for any run of characters, at the end or in front: every engine has a form for it. */
  readonly pattern: string
}

export interface Ask {
  readonly tool: string
  readonly text: string
  readonly want: 'allow' | 'deny'
}

/** The same rules and calls for every engine. */
export interface Question {
  readonly name: 'paths' | 'commands'
  readonly asks: readonly Ask[]
  /** The 20 that a call can meet, then as many that none does. */
  rules(count: number): readonly Rule[]
}

export const SIZES = [20, 1000] as const

/** The fixed text of a pattern, and where it must stand. */
export function partsOf(
  { pattern }: Rule,
): { readonly at: 'start' | 'end'; readonly text: string } {
  return pattern.startsWith('*')
    ? { at: 'end', text: pattern.slice(1) }
    : { at: 'start', text: pattern.slice(0, -1) }
}

const WRITE = ['/etc/', '/usr/', '/boot/', '/lib/', '/sbin/', '/opt/', '/home/u/.config/']
  .map((start) => `${start}*`).concat('*.pem', '*.service', '*/authorized_keys')
const READ = ['/root/', '/home/u/.ssh/', '/home/u/.aws/', '/home/u/.gnupg/', '/var/lib/private/']
  .map((start) => `${start}*`).concat('*.key', '*.kdbx', '*/.env', '*/.netrc', '*/credentials')

const EXEC = [
  ...['git push --force', 'git reset --hard', 'terraform destroy', 'kubectl delete', 'mkfs'],
  ...['docker system prune', 'npm publish', 'shutdown', 'systemctl stop', 'aws s3 rb', 'dropdb'],
  ...['helm uninstall', 'passwd', 'crontab -r', 'iptables -F'],
].map((start) => `${start} *`).concat(
  '* --no-verify',
  '* --allow-root',
  '* --privileged',
  '* --insecure',
  '* prod',
)

const pathRules = (count: number): Rule[] => [
  ...WRITE.map((pattern) => ({ tool: 'write', pattern })),
  ...READ.map((pattern) => ({ tool: 'read', pattern })),
  ...filler(count, (n) => ({
    tool: n % 2 === 0 ? 'read' : 'write',
    pattern: n % 8 < 6 ? `/srv/tenant${n}/*` : `*.kind${n}`,
  })),
]

const commandRules = (count: number): Rule[] => [
  ...EXEC.map((pattern) => ({ tool: 'exec', pattern })),
  ...filler(count, (n) => ({
    tool: 'exec',
    pattern: n % 4 < 3 ? `tool${n} deploy *` : `* --flag${n}`,
  })),
]

const fills = (n: number) => [`/dir${n}/a`, `/dir${n}/b.test`]

export const QUESTIONS: readonly Question[] = [
  question('paths', pathRules, [
    ...WRITE.flatMap((pattern, n) => calls('write', pattern, fills(n))),
    ...READ.flatMap((pattern, n) => calls('read', pattern, fills(n))),
    // What the other tool may do, and what only looks alike.
    ...WRITE.flatMap((pattern, n) => calls('read', pattern, [`/dir${n}/a`])),
    ...READ.flatMap((pattern, n) => calls('write', pattern, [`/dir${n}/a`])),
    ...many((n) => ['read', `/w/part${n}/etc/a.pem.ts`]),
  ]),
  question('commands', commandRules, [
    ...EXEC.flatMap((pattern) => calls('exec', pattern, ['app', 'web'])),
    ...many((n) => ['exec', `grep -rn TODO src/part${n}`]),
    ...many((n) => ['exec', `npm run test -- --run part${n} --no-verify-all`]),
  ]),
]

function filler(count: number, make: (n: number) => Rule): Rule[] {
  return Array.from({ length: count - 20 }, (_, n) => make(n))
}

/** Calls whose text is like the pattern. */
function calls(tool: string, pattern: string, fills: readonly string[]): [string, string][] {
  return fills.map((fill) => [tool, pattern.replace('*', fill).replace('//', '/')])
}

function many(make: (n: number) => [string, string]): [string, string][] {
  return Array.from({ length: 20 }, (_, n) => make(n))
}

/** The label of a call is the definition of a rule, read once more without any engine. */
function question(
  name: Question['name'],
  rules: Question['rules'],
  list: readonly [tool: string, text: string][],
): Question {
  const own = rules(20).map((rule) => ({ tool: rule.tool, ...partsOf(rule) }))
  const asks = list.map(([tool, text]): Ask => {
    const denied = own.some((rule) =>
      rule.tool === tool &&
      (rule.at === 'start' ? text.startsWith(rule.text) : text.endsWith(rule.text))
    )
    return { tool, text, want: denied ? 'deny' : 'allow' }
  })
  return { name, rules, asks }
}
