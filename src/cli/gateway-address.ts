import { isLoopback } from './address.ts'

/** `--openclaw` without an address: the one that OpenClaw's own settings name. */
export const OWN_GATEWAY = 'auto'

/** A WebSocket address; in clear text only on this machine, for a token goes there. */
export function gatewayAddress(value: unknown): string {
  if (value === OWN_GATEWAY) return value
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  const isGood = url !== undefined && /^wss?:$/.test(url.protocol) && url.hash === '' &&
    `${url.username}${url.password}` === ''
  if (!isGood) throw new TypeError(`expected ws://127.0.0.1:PORT/…, wss://HOST/… or ${OWN_GATEWAY}`)
  if (url.protocol === 'ws:' && !isLoopback(url.hostname.replace(/^\[|\]$/g, ''))) {
    throw new TypeError('a token would cross the network in clear text: expected wss://')
  }
  return url.href
}
