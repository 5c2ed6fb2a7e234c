/** Base64 of the text's bytes. */
export function base64(text: string): string {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return btoa(bytes)
}

/** Base64 of UTF-16, as `-EncodedCommand` takes it. */
export function encodedCommand(code: string): string {
  let bytes = ''
  for (let i = 0; i < code.length; i++) {
    bytes += String.fromCharCode(code.charCodeAt(i) & 255, code.charCodeAt(i) >> 8)
  }
  return btoa(bytes)
}

/** The text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
