import { z } from 'zod'
import {
  NOTIFY_CLASSES,
  NOTIFY_PLATFORMS,
  type NotifyPlatform,
  platformOf,
  topicOf,
} from './notify.ts'

const CLASS_WORDS = [...NOTIFY_CLASSES, 'watch', 'ask'] as const
const SCHEMES: Readonly<Record<NotifyPlatform, RegExp>> = {
  slack: /^https?:$/,
  discord: /^https?:$/,
  teams: /^https?:$/,
  telegram: /^https?:$/,
  ntfy: /^https?:$/,
  email: /^smtps?:$/,
  desktop: /^desktop:$/,
  webhook: /^https?:$/,
}

/** One address and nothing around it: no header can be made of it. */
const address = z.string().regex(/^[^\s<>"(),:;@[\]\\]{1,64}@[A-Za-z0-9.-]{1,255}$/, {
  error: 'expected an address such as ops@example.com',
})
const file = z.string().min(1).max(4096).refine((path) => !path.includes('\0'), 'expected a path')

/** `notify` of a policy file and of config.yaml. */
export const NotifyEntry = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,59}$/, {
    error: 'expected small letters, digits, ".", "_" and "-", at most 60',
  }).optional(),
  url: z.string().max(2048).refine((text) => URL.canParse(text), 'expected a URL'),
  platform: z.enum(['auto', ...NOTIFY_PLATFORMS, 'openclaw']).optional(),
  on: z.array(z.enum(CLASS_WORDS)).min(1).optional(),
  allow_private: z.boolean().optional(),
  per_minute: z.int().min(1).max(600).optional(),
  secret_file: file.optional(),
  token_file: file.optional(),
  password_file: file.optional(),
  ca_file: file.optional(),
  username: z.string().min(1).max(320).optional(),
  chat_id: z.union([z.string().regex(/^(?:-?\d{1,20}|@\w{1,64})$/), z.int()], {
    error: 'expected the number of a chat or @channel',
  }).optional(),
  to: z.union([address.transform((one) => [one]), z.array(address).min(1).max(50)], {
    error: 'expected an address such as ops@example.com, or a list of them',
  }).optional(),
  from: address.optional(),
}).superRefine((entry, context) => {
  if (!URL.canParse(entry.url)) return
  const platform = platformOf(entry.url, entry.platform)
  const fault = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message })
  if (!SCHEMES[platform].test(new URL(entry.url).protocol)) {
    fault('url', `not a URL of platform ${platform}: ${EXPECTED[platform] ?? 'expected http(s)'}`)
  }
  if (platform === 'telegram' && entry.chat_id === undefined) fault('url', 'chat_id is missing')
  if (platform === 'ntfy' && topicOf(entry.url) === undefined) {
    fault('url', 'expected a topic at its end: https://ntfy.sh/TOPIC')
  }
  if (platform === 'email' && (entry.to === undefined || entry.from === undefined)) {
    fault('url', 'e-mail needs to and from')
  }
})
export type NotifyEntry = z.infer<typeof NotifyEntry>

const EXPECTED: Partial<Record<NotifyPlatform, string>> = {
  email: 'expected smtp://HOST:587 or smtps://HOST',
  desktop: 'expected desktop:',
}

/** One destination or a list of them. */
export const NotifyList = z.union([
  NotifyEntry.transform((one) => [one]),
  z.array(NotifyEntry).max(20),
])
