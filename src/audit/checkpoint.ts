/** Bytes of an Ed25519 public key and signature, RFC 8032. */
export const KEY_BYTES = 32
export const SIGNATURE_BYTES = 64
/** The signature type of Ed25519 in signed notes (c2sp.org/signed-note). */
const ED25519 = 1
/** Longest note that is looked at, and most signatures of it. */
const LONGEST = 16_384
const MOST_SIGNATURES = 64

/** One line below a note. */
export interface NoteSignature {
  readonly name: string
  /** 8 hex digits. */
  readonly keyId: string
  readonly signature: Uint8Array
}

/** The head of a tree as a log states it (c2sp.org/tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
  /** What is signed: the note's text with its last line feed. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

const encoder = new TextEncoder()

/** The text that is signed. */
export function checkpointText(origin: string, size: number, root: Uint8Array): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`
}

/** The whole note. The first bytes of a signature line tell the key. */
export function signedNote(
  text: string,
  { name, keyId, signature }: NoteSignature,
): string {
  const bytes = new Uint8Array(4 + signature.length)
  for (let i = 0; i < 4; i++) bytes[i] = parseInt(keyId.slice(i * 2, i * 2 + 2), 16)
  bytes.set(signature, 4)
  return `${text}\n— ${name} ${toBase64(bytes)}\n`
}

/** What a key is called in signed notes: the first four bytes of a hash over its name and itself, in hex. */
export function keyIdOf(
  name: string,
  publicKey: Uint8Array,
  hex: (bytes: Uint8Array) => string,
): string {
  const label = encoder.encode(`${name}\n`)
  const bytes = new Uint8Array(label.length + 1 + publicKey.length)
  bytes.set(label)
  bytes[label.length] = ED25519
  bytes.set(publicKey, label.length + 1)
  return hex(bytes).slice(0, 8)
}

/** The checkpoint of a note, undefined when it is none to the letter. No signature is checked. */
export function readCheckpoint(note: string): Checkpoint | undefined {
  // deno-lint-ignore no-control-regex
  if (note.length > LONGEST || /[\0-\x09\x0b-\x1f]/.test(note) || !note.isWellFormed()) {
    return undefined
  }
  const split = note.lastIndexOf('\n\n')
  if (split < 0 || !note.endsWith('\n')) return undefined
  const text = note.slice(0, split + 1)
  const lines = text.slice(0, -1).split('\n')
  const [origin, sizeText, rootText] = lines
  if (lines.length < 3 || !lines.every((line) => line !== '')) return undefined
  const size = /^(?:0|[1-9]\d{0,15})$/.test(sizeText!) ? Number(sizeText) : undefined
  const root = fromBase64(rootText!)
  const signatures = signaturesOf(note.slice(split + 2, -1))
  if (size === undefined || root?.length !== 32 || signatures === undefined) return undefined
  return { origin: origin!, size, root, text, signatures }
}

function signaturesOf(block: string): NoteSignature[] | undefined {
  const lines = block.split('\n')
  if (lines.length > MOST_SIGNATURES) return undefined
  const signatures = lines.map((line) => {
    const match = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line)
    const bytes = match === null ? undefined : fromBase64(match[2]!)
    if (bytes === undefined || bytes.length < 5) return undefined
    return { name: match![1]!, keyId: toHex(bytes.subarray(0, 4)), signature: bytes.slice(4) }
  })
  return signatures.every((signature) => signature !== undefined) ? signatures : undefined
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

/** The bytes of base64 in its one spelling; undefined for any other text. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0))
    return toBase64(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
