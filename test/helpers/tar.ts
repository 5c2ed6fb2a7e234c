/** A tar of any kind, a hostile one too: fields are set as given and the checksum is made to fit. */
export interface Entry {
  readonly path: string
  readonly data?: string | Uint8Array
  readonly type?: string
  readonly link?: string
  readonly size?: number
  readonly magic?: string
  readonly checksum?: number
}

const encoder = new TextEncoder()

export function tarOf(entries: readonly Entry[], end = 2): Uint8Array {
  return Buffer.concat([...entries.map(one), new Uint8Array(512 * end)])
}

function one({ path, data = '', type = '0', link = '', size, magic, checksum }: Entry): Uint8Array {
  const bytes = typeof data === 'string' ? encoder.encode(data) : data
  const block = new Uint8Array(512)
  const put = (at: number, text: string) => block.set(encoder.encode(text), at)
  put(0, path)
  for (const at of [108, 116]) put(at, '0000000\0')
  put(100, '0000600\0')
  put(124, `${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`)
  put(136, '00000000000\0')
  put(156, type)
  put(157, link)
  put(257, magic ?? 'ustar\x0000')
  put(148, '        ')
  const sum = checksum ?? block.reduce((total, byte) => total + byte, 0)
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `)
  return Buffer.concat([block, bytes, new Uint8Array((512 - bytes.length % 512) % 512)])
}
