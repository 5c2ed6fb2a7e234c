import type { NotifyEntry } from './notify-schema.ts'

/** What a destination may be told of. */
export const NOTIFY_CLASSES = ['deny', 'log', 'require_approval', 'error', 'fail_open'] as const
export type NotifyClass = (typeof NOTIFY_CLASSES)[number]

/** How a destination wants to be told. */
export const NOTIFY_PLATFORMS = [
  'slack',
  'discord',
  'teams',
  'telegram',
  'ntfy',
  'email',
  'desktop',
  'webhook',
] as const
export type NotifyPlatform = (typeof NOTIFY_PLATFORMS)[number]

/** One destination, as a policy file or config.yaml has it. */
export interface Notify {
  /** Of its place in the trail, and of the links that it is sent. */
  readonly name: string
  readonly url: string
  readonly platform: NotifyPlatform
  readonly on: readonly NotifyClass[]
  readonly allowPrivate: boolean
  /** Alerts a minute beside the first of each rule and session; the others come in a digest. */
  readonly perMinute: number
  /** Files are meant from the directory of this one. */
  readonly file: string
  readonly secretFile?: string | undefined
  readonly tokenFile?: string | undefined
  readonly passwordFile?: string | undefined
  readonly caFile?: string | undefined
  readonly username?: string | undefined
  readonly chatId?: string | undefined
  readonly to: readonly string[]
  readonly from?: string | undefined
}

/** A place where people are told, as it is shown. */
export interface NotifyDestination {
  readonly name: string
  readonly platform: string
  /** Without what may be secret in a URL. */
  readonly to: string
  readonly state: 'ok' | 'failing'
  /** Events of the trail that it has not looked at. */
  readonly lag_events: number
  /** Since the start of the server, as the other counts. */
  readonly sent: number
  /** Alerts that wait for the next digest. */
  readonly held: number
  readonly failures: number
  readonly given_up: number
  readonly last_sent_at: string | null
  readonly last_error: string | null
}

const DEFAULT_ON: readonly NotifyClass[] = ['deny', 'require_approval', 'error', 'fail_open']
const PER_MINUTE = 10

/** The platform that a URL belongs to by its whole host, where nothing is said. */
export function platformOf(text: string, said: NotifyEntry['platform'] = 'auto'): NotifyPlatform {
  if (said === 'openclaw') return 'webhook'
  if (said !== 'auto') return said
  const { protocol, hostname, pathname } = new URL(text)
  if (/^smtps?:$/.test(protocol)) return 'email'
  if (protocol === 'desktop:') return 'desktop'
  const found = HOSTS.find(([, host, path]) => host.test(hostname) && path.test(pathname))
  return found?.[0] ?? 'webhook'
}

const HOSTS: readonly (readonly [NotifyPlatform, host: RegExp, path: RegExp])[] = [
  ['slack', /^hooks\.slack(?:-gov)?\.com$/, /^\//],
  ['discord', /^(?:(?:ptb|canary)\.)?discord(?:app)?\.com$/, /^\/api\/(?:v\d+\/)?webhooks\//],
  ['teams', /(?:^outlook\.office\.com|\.webhook\.office\.com)$/, /^\//],
  ['teams', /\.(?:logic\.azure\.com|api\.powerplatform\.com)$/, /\/workflows\//],
  ['telegram', /^api\.telegram\.org$/, /^\/bot/],
  ['ntfy', /^ntfy\.sh$/, /^\//],
]

const TOPIC = /^(.*\/)([A-Za-z0-9_-]{1,64})\/?$/

/** Where ntfy is, and the topic: the last part of the path. */
export function topicOf(
  text: string,
): { readonly root: string; readonly topic: string } | undefined {
  const url = new URL(text)
  const [, root, topic] = TOPIC.exec(url.pathname) ?? []
  if (root === undefined || topic === undefined) return undefined
  url.pathname = root
  url.hash = ''
  url.search = ''
  return { root: url.href, topic }
}

/** A destination out of what `NotifyEntry` accepted. */
export function notifyOf(entry: NotifyEntry, file: string): Notify {
  const platform = platformOf(entry.url, entry.platform)
  const on = entry.on?.map((word): NotifyClass =>
    word === 'watch' ? 'log' : word === 'ask' ? 'require_approval' : word
  )
  const chatId = entry.chat_id === undefined ? undefined : String(entry.chat_id)
  const to = entry.to ?? []
  return {
    name: entry.name ?? `${platform}-${shortHash(JSON.stringify([entry.url, chatId, to]))}`,
    url: entry.url,
    platform,
    on: [...new Set(on ?? DEFAULT_ON)],
    allowPrivate: entry.allow_private ?? false,
    perMinute: entry.per_minute ?? PER_MINUTE,
    file,
    secretFile: entry.secret_file,
    tokenFile: entry.token_file,
    passwordFile: entry.password_file,
    caFile: entry.ca_file,
    username: entry.username,
    chatId,
    to,
    from: entry.from,
  }
}

/** FNV-1a: tells a person's few destinations apart, and stays where the file is edited elsewhere. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  }
  return hash.toString(16).padStart(8, '0')
}
