/** Bytes as text, one character each: what programs hand to one another before anybody reads it. */
export type Bytes = string

const ASCII = /^[\0-\x7f]*$/

export function toBytes(text: string): Bytes {
  if (ASCII.test(text)) return text
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}

/** What a shell reads in them; bytes that are no UTF-8 stand as U+FFFD. */
export function fromBytes(bytes: Bytes): string {
  if (ASCII.test(bytes)) return bytes
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
}
