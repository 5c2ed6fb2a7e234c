import type { Keep } from '../../adapters/audit-keep.ts'
import type { KeyFile } from '../../adapters/bundle-keys.ts'
import { withoutPassword } from '../../adapters/postgres-place.ts'
import type { Invocation } from '../command.ts'
import { shownKeys, shownSource } from '../bundle/settings.ts'
import { loadConfig, type Origin } from '../config.ts'
import { formatBytes, formatKeep } from '../keep.ts'
import { safe } from '../output.ts'
import type { SinkSpec } from '../../adapters/sink-deliver.ts'
import type { Notify } from '../../engine/notify.ts'
import { type McpServer, shownServer } from '../mcp/servers.ts'
import { shownNotify } from '../notify-settings.ts'
import { shownSink } from '../sink-settings.ts'
import { type Address, formatAddress, formatDuration, SETTINGS } from '../settings.ts'

/** What `serve` would run with here, and why. */
export async function run({ environment, flags, out }: Invocation): Promise<number> {
  const { values, origins } = await loadConfig(environment, { serving: true, flags })
  const rows = Object.entries(SETTINGS).map(([key, { doc }]) => ({
    key,
    value: shown(key, values[key as keyof typeof values]),
    origin: originText(origins[key as keyof typeof origins]),
    doc,
  }))
  if (out.json) {
    out.data({
      home: environment.home,
      settings: rows.map(({ key, value, origin }) => ({ key, value, origin })),
    })
    return 0
  }
  const keys = Math.max(...rows.map(({ key }) => key.length))
  const widest = Math.max(...rows.map(({ value }) => String(value ?? '').length))
  out.line(safe`# state directory: ${environment.home}`)
  for (const { key, value, origin, doc } of rows) {
    const text = String(value ?? '').padEnd(widest)
    out.line(safe`${key.padEnd(keys)}  ${text}  ${out.paint('grey', `# ${origin}: ${doc}`)}`)
  }
  return 0
}

function shown(key: string, value: unknown): unknown {
  if (key === 'store' && typeof value === 'string') return withoutPassword(value).url
  if (key === 'addr') return formatAddress(value as Address)
  if (key === 'approval_timeout' || key === 'bundle.interval') {
    return formatDuration(value as number)
  }
  if (key === 'audit.keep') return formatKeep(value as Keep)
  if (/_bytes$/.test(key)) return formatBytes(value as number)
  if (key === 'sinks') return (value as readonly SinkSpec[]).map(shownSink).join(', ') || null
  if (key === 'notify') return (value as readonly Notify[]).map(shownNotify).join(', ') || null
  if (key === 'mcp.servers') {
    return (value as readonly McpServer[]).map(shownServer).join(', ') || null
  }
  if (key === 'bundle.url') return value === undefined ? null : shownSource(value as string)
  if (key === 'bundle.keys') return shownKeys(value as readonly KeyFile[]) || null
  if (key === 'bundle.labels') {
    return Object.entries(value as object).map((pair) => pair.join('=')).join(', ') || null
  }
  return value ?? null
}

function originText(origin: Origin): string {
  if (origin.from === 'file') return `${origin.name}:${origin.line}`
  return origin.from === 'default' ? 'default' : `${origin.from} ${origin.name}`
}
