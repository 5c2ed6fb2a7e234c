import JSON5 from 'json5'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { z } from 'zod'
import { gatewaySocket } from '../adapters/gateway-socket.ts'
import { readSmall } from '../adapters/safe-read.ts'
import { bridge } from '../daemon/openclaw.ts'
import { RampartError } from '../errors.ts'
import type { Api } from '../service/api.ts'
import type { Services } from '../service/services.ts'
import { gatewayAddress, OWN_GATEWAY } from './gateway-address.ts'
import { VERSION } from './version.ts'

/** Where OpenClaw's settings name no other. */
const USUAL_PORT = 18_789
const FILE_LIMIT = 1024 * 1024

const Token = z.string().min(1).max(4096)
const Settings = z.object({
  gateway: z.object({
    url: z.string().optional(),
    port: z.int().min(1).max(65_535).optional(),
    auth: z.object({ token: Token }),
  }),
  plugins: z.object({
    entries: z.record(z.string(), z.object({ enabled: z.boolean().optional() })).optional(),
  }).optional(),
})

/**
 * What answers the questions of the gateway until a signal ends it, ready to begin.
 *
 * @throws RampartError `config_invalid` where OpenClaw's settings have no token or cannot be read.
 */
export async function gatewayAnswers(
  address: string,
  api: Api,
  { clock, ids, log }: Services,
  userHome: string,
): Promise<(signal: AbortSignal) => Promise<void>> {
  const file = join(userHome, '.openclaw', 'openclaw.json')
  const read = await readSmall(file, { limit: FILE_LIMIT, followLinks: true })
  if (read.text === undefined) throw unusable(file, read.detail)
  const { gateway, plugins } = settingsOf(file, read.text)
  const plugin = plugins?.entries?.['rampart']
  // It is found in its directory without being named in the settings.
  const isThere = plugin !== undefined ||
    existsSync(join(userHome, '.openclaw', 'extensions', 'rampart', 'index.js'))
  const parts = {
    url: address === OWN_GATEWAY ? addressIn(file, gateway) : address,
    token: gateway.auth.token,
    version: VERSION,
    platform: process.platform,
    // The gateway's plugin of ours lets calls through by itself: here they would be let through twice.
    allows: !isThere || plugin?.enabled === false,
    api,
    connect: gatewaySocket(),
    clock,
    ids,
    log,
  }
  return (signal) => bridge(parts, signal)
}

function addressIn(
  file: string,
  { url, port = USUAL_PORT }: z.infer<typeof Settings>['gateway'],
): string {
  try {
    return gatewayAddress(url ?? `ws://127.0.0.1:${port}/ws`)
  } catch (error) {
    throw unusable(file, `gateway.url: ${(error as Error).message}`)
  }
}

function settingsOf(file: string, text: string): z.infer<typeof Settings> {
  let value: unknown
  try {
    value = JSON5.parse(text)
  } catch (error) {
    throw unusable(file, (error as Error).message.split('\n', 1)[0]!)
  }
  const settings = Settings.safeParse(value)
  if (settings.success) return settings.data
  const { path, message } = settings.error.issues[0]!
  throw unusable(file, `${path.join('.')}: ${message}`)
}

function unusable(file: string, why: string): RampartError {
  return new RampartError('config_invalid', `${file}: ${why}`)
}
