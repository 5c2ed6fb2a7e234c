import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exchange, Refusal } from '../../adapters/outbound.ts'
import { replaceFile } from '../../adapters/replace-file.ts'
import { BUNDLE_BYTES } from '../../bundle/archive.ts'
import { RampartError } from '../../errors.ts'
import { bundleBytes } from './file.ts'

/** Where a bundle is put, and what is there now. */
export interface Destination {
  readonly shown: string
  /** The bytes that stand there, undefined where nothing does. */
  read(): Promise<Uint8Array | undefined>
  /** Replace them as a whole, if they are still the ones that were read. */
  write(bytes: Uint8Array): Promise<void>
}

const TIMEOUT_MS = 30_000

/** A path, a directory (the bundle gets the name `bundle.tar` there), or an http(s) URL that takes PUT. */
export async function destinationOf(named: string): Promise<Destination> {
  if (/^https?:\/\//.test(named)) return httpDestination(named)
  const path = named.startsWith('file:') ? fileURLToPath(named) : named
  const found = await stat(path).catch(() => undefined)
  const file = found?.isDirectory() ? join(path, 'bundle.tar') : path
  return {
    shown: file,
    read: async () =>
      await stat(file).then(() => true, () => false) ? await bundleBytes(file) : undefined,
    write: (bytes) => replaceFile(file, bytes, 0o644),
  }
}

/** An object store, or a web server: conditional requests see to it that of two who publish one is told. */
function httpDestination(url: string): Destination {
  const { origin, pathname } = new URL(url)
  const shown = `${origin}${pathname}`
  let condition: Record<string, string> = { 'if-none-match': '*' }
  const ask = async (
    message: Pick<Parameters<typeof exchange>[2], 'method' | 'headers' | 'body'>,
  ) => {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS)
      return await exchange(url, { allowPrivate: true }, { ...message, signal, most: BUNDLE_BYTES })
    } catch (error) {
      const why = error instanceof Refusal ? error.message : (error as Error).message
      throw new RampartError('unavailable', `${shown}: ${why}`, { cause: error })
    }
  }
  return {
    shown,
    async read() {
      const { status, headers, bytes } = await ask({ method: 'GET', headers: {} })
      if (status === 404) return undefined
      if (status !== 200) {
        throw new RampartError('unavailable', `${shown} answers GET with ${status}`)
      }
      condition = headers.etag === undefined ? {} : { 'if-match': headers.etag }
      return bytes
    },
    async write(body) {
      const headers = { 'content-type': 'application/x-tar', ...condition }
      const { status } = await ask({ method: 'PUT', headers, body })
      if (status >= 200 && status <= 299) return
      const why = status === 412 ? 'somebody published meanwhile' : `it answers PUT with ${status}`
      throw new RampartError('unavailable', `${shown}: ${why}`)
    },
  }
}
