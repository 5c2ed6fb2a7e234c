import process from 'node:process'

/** Nearly every address: the rest is for `node:net`, which takes long to load. */
const PLAIN = new Set(['127.0.0.1', '::1', 'localhost'])

/** Whether only this machine reaches the address. A name other than localhost may mean anything. */
export function isLoopback(host: string): boolean {
  if (PLAIN.has(host)) return true
  const { BlockList, isIP } = process.getBuiltinModule('node:net')
  const version = isIP(host)
  if (version === 0) return host.toLowerCase() === 'localhost'
  const loopback = new BlockList()
  loopback.addSubnet('127.0.0.0', 8, 'ipv4')
  loopback.addAddress('::1', 'ipv6')
  return loopback.check(host, version === 6 ? 'ipv6' : 'ipv4')
}
