/** Where the archive says what it holds: its last file. */
export const MANIFEST = 'manifest.json'

/** A name that stands for itself on every file system: no separators, no controls, nothing hidden. */
const NAME = String.raw`(?!\.)[^/:\\\p{Cc}\p{Cs}]{1,200}`

/** Every path that a backup may hold; what fits none is not restored, so nothing can lead elsewhere. */
const PATHS: readonly RegExp[] = [
  String.raw`config\.yaml|token|rampart\.db`,
  `policies/${NAME}`,
  `bundles/${NAME}`,
  `keys/${NAME}`,
  String.raw`node/node\.(?:json|pem)|fleet/upstream\.pem`,
  `fleet/[0-9A-HJKMNP-TV-Z]{26}/${NAME}`,
  `audit/${NAME}`,
  String.raw`audit/\.private/(?:redaction\.key|sinks/${NAME}\.json)`,
].map((path) => new RegExp(`^(?:${path})$`, 'u'))

/** Whether a path of an archive is one of ours: the directories that lead to it are ours too. */
export function isStatePath(path: string): boolean {
  return path.isWellFormed() && PATHS.some((one) => one.test(path))
}

/** What two paths have in common that are the same file somewhere. */
export function samePath(path: string): string {
  return path.normalize('NFC').toLowerCase()
}

/** Public halves of keys and the name they go by: who holds them can verify, and nothing else. */
const PUBLIC = /^keys\/(?:[^/]+\.pub(?:\.pem)?|origin)$/

/** Whether a file is one with which somebody can act as this installation, or forge for it. */
export function isSecret(path: string): boolean {
  if (path === 'token' || path === 'audit/.private/redaction.key') return true
  // Who a node is, is worth nothing without its key.
  if (/^(?:node\/|fleet\/[^/]+\.pem$)/.test(path)) return true
  return path.startsWith('keys/') && !PUBLIC.test(path)
}

/** What lies beside a trail and is made anew: locks, indexes, drafts. */
const DERIVED = /\.(?:db|db-wal|db-shm|db-journal|tmp|lock)$/

export function isDerived(name: string): boolean {
  return DERIVED.test(name)
}
