import type { Keep } from '../adapters/audit-keep.ts'
import type { FailurePosture, Mode } from '../service/services.ts'
import type { SinkSpec } from '../adapters/sink-deliver.ts'
import type { Notify } from '../engine/notify.ts'
import type { LinkMode } from '../service/links.ts'
import { PENDING } from '../approval/limits.ts'
import { keep, size } from './keep.ts'
import { gatewayAddress } from './gateway-address.ts'
import { type McpServer, mcpServers } from './mcp/servers.ts'
import { BUNDLE_SETTINGS, type BundleValues } from './bundle/settings.ts'
import { EXECUTE_SETTINGS, type ExecuteValues } from './execute-settings.ts'
import { STORE_SETTINGS, type StoreValues } from './store-settings.ts'
import { anchorPlaces, origin } from './setting-places.ts'
import {
  address,
  count,
  group,
  inFileAlone,
  names,
  numberFrom,
  oneOf,
  text,
  yesOrNo,
} from './setting-readers.ts'
import { sinks } from './sink-settings.ts'
import { duration, SPANS } from './span.ts'
import { MODES } from './table.ts'

export { duration, formatDuration } from './span.ts'

/** What every setting settles to. */
export interface SettingValues extends ExecuteValues, BundleValues, StoreValues {
  readonly addr: Address
  /** A path, `none`, or undefined for the one in the state directory. */
  readonly socket: string | undefined
  /** The group whose members may ask over it; undefined for this account alone. */
  readonly socket_group: number | undefined
  readonly mode: Mode
  readonly failure: FailurePosture
  readonly policy: string | undefined
  readonly profile: string
  readonly audit_dir: string | undefined
  readonly approval_timeout: number
  readonly on_no_approver: 'wait' | 'deny' | undefined
  readonly hosts: readonly string[]
  readonly previews_per_minute: number
  readonly preview_burst: number
  readonly webhooks_private: boolean
  readonly 'audit.keep': Keep
  readonly anchor_to: readonly string[]
  readonly sinks: readonly SinkSpec[]
  readonly notify: readonly Notify[]
  readonly public_url: string | undefined
  readonly openclaw: string | undefined
  readonly 'mcp.servers': readonly McpServer[]
  readonly 'approvals.links': LinkMode
  readonly 'approvals.per_agent': number
  readonly 'approvals.per_principal': number
  readonly 'approvals.open': number
  readonly 'approvals.reserve': number
  readonly 'approvals.call_bytes': number
  readonly 'approvals.open_bytes': number
}
export type SettingKey = keyof SettingValues

export interface Address {
  readonly host: string
  readonly port: number
}

/** One row of the table that flags, environment, config.yaml, `config show` and its lint are read off. */
export interface Setting<T> {
  readonly doc: string
  readonly fallback: T
  readonly flag?: string
  readonly env?: string
  /** Only `serve` takes it from the environment (security.md F5). */
  readonly serveOnly?: boolean
  /** No message shows what was given. */
  readonly secret?: boolean
  /** The value as written in config.yaml or behind a flag; throws with what was expected. */
  readonly read: (value: unknown) => T
  readonly readEnv?: (value: unknown) => T
}

/** Most open questions that the figures for speed hold for, ten times over. */
const OPEN = 100_000

/** A key with a dot stands in a map of config.yaml: `audit: {keep: …}`. */
export const SETTINGS: { readonly [K in SettingKey]: Setting<SettingValues[K]> } = {
  addr: {
    doc: 'Address to listen on',
    flag: 'addr',
    fallback: { host: '127.0.0.1', port: 9090 },
    read: address,
  },
  socket: {
    doc: 'Unix socket, or none',
    flag: 'socket',
    env: 'RAMPART_SOCKET',
    fallback: undefined,
    read: text,
  },
  socket_group: {
    doc: 'Group of the accounts that may ask over the socket (L1); by default this account alone',
    flag: 'socket-group',
    fallback: undefined,
    read: group,
  },
  mode: {
    doc: 'enforce, monitor (allow and record) or disabled',
    flag: 'mode',
    env: 'RAMPART_MODE',
    serveOnly: true,
    fallback: 'enforce',
    read: oneOf(MODES),
  },
  failure: {
    doc: 'What to answer when the trail cannot be written: open or closed',
    env: 'RAMPART_FAIL_OPEN',
    serveOnly: true,
    fallback: 'open',
    read: oneOf(['open', 'closed']),
    readEnv: (value) => oneOf(['0', '1'])(value) === '0' ? 'closed' : 'open',
  },
  policy: {
    doc: 'One policy file instead of policies/',
    flag: 'policy',
    fallback: undefined,
    read: text,
  },
  profile: {
    doc: 'Built-in profile when there is no policy file',
    flag: 'profile',
    fallback: 'standard',
    read: text,
  },
  audit_dir: {
    doc: 'Where the audit trail goes',
    flag: 'audit-dir',
    fallback: undefined,
    read: text,
  },
  approval_timeout: {
    doc: 'How long a person has to answer',
    flag: 'approval-timeout',
    fallback: 300_000,
    read: duration,
  },
  on_no_approver: {
    doc: 'wait, or deny what would ask (wait; deny in the profile ci)',
    fallback: undefined,
    read: oneOf(['wait', 'deny']),
  },
  hosts: {
    doc: 'Further Host names that are ours',
    flag: 'host',
    fallback: [],
    read: names,
  },
  previews_per_minute: {
    doc: 'Dry runs a principal may make in a minute',
    fallback: 6000,
    read: count,
  },
  preview_burst: {
    doc: 'Dry runs a principal may make at once',
    fallback: 1000,
    read: count,
  },
  webhooks_private: {
    doc: 'Whether webhooks may reach addresses that are not public',
    fallback: false,
    read: yesOrNo,
  },
  'audit.keep': {
    doc: 'How much of the audit trail is kept: a time, a size or both; or forever',
    fallback: { age: 180 * SPANS.d, bytes: 5 * 2 ** 30 },
    read: keep,
  },
  anchor_to: {
    doc: 'Where checkpoints of the trail are sent: URLs, files, syslog or syslog://HOST:PORT',
    flag: 'anchor-to',
    fallback: [],
    read: anchorPlaces,
  },
  sinks: {
    doc: 'Where events are sent: syslog, webhooks, OpenTelemetry',
    flag: 'sink',
    fallback: [],
    read: sinks,
  },
  notify: {
    doc: 'Where people are told, beside what policies say: chat, e-mail, desktop, webhooks',
    fallback: [],
    // Its schema costs more than all else here, and only config.yaml has it (config-file.ts).
    read: inFileAlone,
  },
  public_url: {
    doc: 'Where people reach this server, for links and the dashboard (the address it listens on)',
    fallback: undefined,
    read: origin,
  },
  openclaw: {
    doc: 'OpenClaw gateway whose questions are answered: its URL, or auto',
    flag: 'openclaw',
    fallback: undefined,
    read: gatewayAddress,
  },
  'mcp.servers': {
    doc: 'MCP servers by name: command or url, and how `rampart mcp` stands before them',
    fallback: [],
    read: mcpServers,
  },
  ...BUNDLE_SETTINGS,
  ...EXECUTE_SETTINGS,
  ...STORE_SETTINGS,
  'approvals.links': {
    doc: 'What the links of notifications do: decide, view or off',
    fallback: 'decide',
    read: oneOf(['decide', 'view', 'off']),
  },
  'approvals.per_agent': {
    doc: 'Open questions of one agent',
    fallback: PENDING.owner,
    read: numberFrom(1, OPEN),
  },
  'approvals.per_principal': {
    doc: 'Open questions of one principal: a token, a user of the socket',
    fallback: PENDING.principal,
    read: numberFrom(1, OPEN),
  },
  'approvals.open': {
    doc: 'Open questions of all',
    fallback: PENDING.all,
    read: numberFrom(1, OPEN),
  },
  'approvals.reserve': {
    doc: `How many of them are for principals with fewer than ${PENDING.few}`,
    fallback: PENDING.reserve,
    read: numberFrom(0, OPEN),
  },
  'approvals.call_bytes': {
    doc: 'Most that the parameters of a call have that a person is asked about',
    fallback: PENDING.callBytes,
    read: size(2 ** 10, 8 * 2 ** 20),
  },
  'approvals.open_bytes': {
    doc: 'Most that all open questions keep; one principal may have a quarter of it',
    fallback: PENDING.allBytes,
    read: size(2 ** 20, 2 ** 33),
  },
}

/** `host:port`, with brackets where the host is an IPv6 address. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
