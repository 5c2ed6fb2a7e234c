import { RampartError } from '../../errors.ts'
import { isLoopback } from '../address.ts'
import type { Invocation } from '../command.ts'
import { type Config, loadConfig } from '../config.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { environment, flags } = invocation
  const config = await loadConfig(environment, { serving: true, flags })
  checkExposure(config, flags)
  if (flags.has('background')) {
    const { serveInBackground } = await import('../background.ts')
    return await serveInBackground(invocation)
  }
  const { serveHere } = await import('../serve-here.ts')
  return await serveHere(invocation, config)
}

/** A token in clear text over a network is a token given away. */
function checkExposure(config: Config, flags: Invocation['flags']): void {
  if (flags.has('tls-cert') || flags.has('tls-key')) {
    throw new RampartError(
      'usage',
      'This version does not speak TLS: put a TLS proxy before a loopback address',
    )
  }
  const { host } = config.values.addr
  if (isLoopback(host) || flags.has('insecure')) return
  throw new RampartError(
    'usage',
    `${host} can be reached from other machines, and tokens would cross the network in clear text: ` +
      'put a TLS proxy before a loopback address, or say --insecure',
  )
}
