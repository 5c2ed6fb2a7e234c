/** Last words of names whose values are secrets: `GITHUB_TOKEN`, `clientSecret`, `--api-key`. */
const NAMES: ReadonlySet<string> = new Set([
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'pass',
  'secret',
  'token',
  'authorization',
  'credential',
  'credentials',
  'cookie',
  'jwt',
  'pat',
  'apikey',
  'signature',
])

/** Words before a last word `key` that make it a secret one. */
const KEYS: ReadonlySet<string> = new Set(['api', 'access', 'secret', 'private', 'auth', 'account'])

/** Options whose value is `name:secret`. */
export const USER_OPTIONS: ReadonlySet<string> = new Set(['-u', '-U', '--user', '--proxy-user'])

/** Longest name that is looked at. */
const LONGEST_NAME = 100

/** A cheap look before the words are taken apart. */
const MAY_BE = new RegExp(`(?:key|${[...NAMES].join('|')})[._-]{0,8}$`, 'i')

/** Whether a name says that its value is a secret. */
export function isSecretName(name: string): boolean {
  if (name.length > LONGEST_NAME || !MAY_BE.test(name.slice(-24))) return false
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  const last = words.at(-1) ?? ''
  if (NAMES.has(last)) return true
  return last === 'key' && KEYS.has(words.at(-2) ?? '')
}

interface Shape {
  readonly prefix: string
  readonly least: number
  readonly exact?: true
}

/** Tokens that are known by their looks. */
const SHAPES: readonly Shape[] = [
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => ({ prefix, least: 36 })),
  { prefix: 'github_pat_', least: 40 },
  { prefix: 'glpat-', least: 20 },
  { prefix: 'sk-', least: 24 },
  { prefix: 'sk_live_', least: 20 },
  { prefix: 'sk_test_', least: 20 },
  { prefix: 'rk_live_', least: 20 },
  ...['xoxa-', 'xoxb-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'].map((prefix) => ({
    prefix,
    least: 20,
  })),
  { prefix: 'AKIA', least: 20, exact: true },
  { prefix: 'ASIA', least: 20, exact: true },
  { prefix: 'AIza', least: 39 },
  { prefix: 'ya29.', least: 30 },
  { prefix: 'npm_', least: 36 },
  { prefix: 'pypi-', least: 40 },
  { prefix: 'hf_', least: 30 },
  { prefix: 'dop_v1_', least: 40 },
  { prefix: 'SG.', least: 40 },
  { prefix: 'shpat_', least: 30 },
  { prefix: 'eyJ', least: 40 },
]

/** Whether a text looks like a token of a known kind: letters, digits, `_`, `-` and `.` alone. */
export function isTokenShape(run: string): boolean {
  if (run.length < 20 || !/^[A-Za-z0-9_.-]+$/.test(run)) return false
  for (const { prefix, least, exact } of SHAPES) {
    if (!run.startsWith(prefix)) continue
    if (exact ? run.length === least && /^[A-Z0-9]+$/.test(run) : run.length >= least) {
      // A web token has three parts.
      return prefix !== 'eyJ' || run.split('.').length >= 3
    }
  }
  return false
}

/** Words that run text or decode it: what stands near them is not hidden. */
export const CODE_WORDS: ReadonlySet<string> = new Set([
  'eval',
  'source',
  'base64',
  'base32',
  'basenc',
  'xxd',
  'uudecode',
  'openssl',
  'xargs',
])

/** Words that turn text into other text: harmless unless that text goes on to be run or kept. */
export const EDIT_WORDS: ReadonlySet<string> = new Set(['rev', 'tr', 'sed', 'awk', 'cut', 'printf'])

/** Behind a pipe, these run what they read. */
export const SHELLS: ReadonlySet<string> = new Set([
  'sh',
  'bash',
  'zsh',
  'dash',
  'ksh',
  'fish',
  'python',
  'python3',
  'perl',
  'ruby',
  'node',
  'php',
])
