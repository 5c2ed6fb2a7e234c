import { deviceOf } from '../../adapters/device.ts'
import { systemClock } from '../../adapters/clock.ts'
import { ulids } from '../../adapters/ids.ts'
import { senderOf, shownPlace } from '../../adapters/notify-send.ts'
import { DeliveryError } from '../../adapters/delivery-error.ts'
import { messageOf } from '../../adapters/database-wal.ts'
import { keyFile } from '../../adapters/signature.ts'
import type { Notify } from '../../engine/notify.ts'
import { RampartError } from '../../errors.ts'
import { canaryOf } from '../../notify/notice.ts'
import type { Invocation } from '../command.ts'
import { type Config, loadConfig, places } from '../config.ts'
import { dryServices } from '../dry.ts'
import { safe } from '../output.ts'
import { readServerFile } from '../server-file.ts'
import { VERSION } from '../version.ts'

const TIMEOUT_MS = 15_000

/** Send a test message to each destination, or to one, and say what happened: 0 taken, 1 not. */
export async function run(invocation: Invocation): Promise<number> {
  const { environment, flags, out, operands: [name] } = invocation
  const config = await loadConfig(environment, { serving: false, flags })
  const { policies } = await dryServices(invocation)
  const all = [...policies.current().set.notify, ...config.values.notify]
  const chosen = all.filter((spec) => name === undefined || spec.name === name)
  if (chosen.length === 0) throw nobody(name, all)
  const send = await canary(invocation, config)
  const results = await Promise.all(chosen.map(async (spec) => ({
    name: spec.name,
    platform: spec.platform,
    to: shownPlace(spec),
    error: await send(spec),
  })))
  if (out.json) out.data({ results })
  else {
    for (const { name, to, error } of results) {
      if (error === null) out.line(safe`${out.paint('green', 'taken')}    ${name} (${to})`)
      else out.line(safe`${out.paint('red', 'not taken')} ${name} (${to}): ${error}`)
    }
  }
  return results.some(({ error }) => error !== null) ? 1 : 0
}

function nobody(name: string | undefined, all: readonly Notify[]): RampartError {
  const known = all.map((spec) => spec.name).join(', ')
  const detail = name === undefined || known === ''
    ? 'Nobody is notified: neither config.yaml nor a policy has "notify"'
    : `There is no destination "${name}": one of ${known}`
  return new RampartError('usage', detail)
}

/** Sends without the server: what is wrong with a destination shows here, whether one runs or not. */
async function canary(
  { environment: { home } }: Invocation,
  { values }: Config,
): Promise<(spec: Notify) => Promise<string | null>> {
  const clock = systemClock()
  const { keys, webhookKey } = places(home)
  const device = () => deviceOf(keys, VERSION)
  const place = values.public_url ?? (await readServerFile(home))?.url
  const link = place === undefined ? undefined : `${place}/dashboard`
  const time = new Date(clock.now()).toISOString()
  const notice = canaryOf(ulids(clock).next(), time, await device(), link)
  const reach = { allowPrivate: values.webhooks_private }
  return async (spec) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    try {
      await senderOf(spec, { clock, device, key: keyFile(webhookKey), reach })(notice, signal)
      return null
    } catch (error) {
      if (error instanceof DeliveryError) return error.message
      return signal.aborted ? 'no answer in time' : messageOf(error)
    }
  }
}
