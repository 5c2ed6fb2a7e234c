import { CONDITIONS } from './condition.ts'

/** The keys of a policy file by where they stand, for the suggestion behind a misspelt one. */
const KEYS: readonly { readonly under: RegExp; readonly keys: readonly string[] }[] = [
  { under: /\bwhen$/, keys: Object.keys(CONDITIONS) },
  { under: /\bmatch$/, keys: ['tool', 'agent', 'session'] },
  { under: /\bwebhook$/, keys: ['url', 'timeout', 'fail_open'] },
  { under: /\bnotify$/, keys: ['url', 'platform', 'on'] },
  {
    under: /\brules\.\d+$/,
    keys: [
      'action',
      'when',
      'message',
      'webhook',
      'expires_at',
      'once',
      'native_allow',
      'timeout',
      'approvers',
    ],
  },
  {
    under: /^policies\.\d+$/,
    keys: ['name', 'description', 'priority', 'enabled', 'match', 'rules'],
  },
  {
    under: /^tests\.\d+$/,
    keys: [
      'name',
      'tool',
      'params',
      'agent',
      'session',
      'cwd',
      'response',
      'expect',
      'expect_message',
    ],
  },
  {
    under: /^$/,
    keys: [
      'version',
      'default_action',
      'on_no_approver',
      'extends',
      'notify',
      'policies',
      'tests',
    ],
  },
]

/** The known key that a misspelt one most likely means, if one is near enough. */
export function nearest(key: string, path: readonly PropertyKey[]): string | undefined {
  const known = KEYS.find(({ under }) => under.test(path.map(String).join('.')))?.keys ?? []
  let best: string | undefined
  let least = Math.max(2, Math.floor(key.length / 3)) + 1
  for (const candidate of known) {
    const distance = editDistance(key.slice(0, 64), candidate)
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}
