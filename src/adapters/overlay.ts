import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { RampartError } from '../errors.ts'
import type { Overlay } from '../ports.ts'
import { openLock } from './audit-lock.ts'
import { OVERLAY, POLICY_BYTES } from './policy-read.ts'
import { replaceFile } from './replace-file.ts'
import { codeOf, readSmall } from './safe-read.ts'

export interface OverlayOptions {
  /** `$RAMPART_HOME/policies`; made where it is not there. */
  readonly dir: string
  /** Where writers of all processes meet. */
  readonly lockDir: string
  /** How long a writer waits for the others, ms; else half a minute. */
  readonly patienceMs?: number
}

const PATIENCE_MS = 30_000

/** `policies/user.yaml`: one writer at a time over all processes, written whole or not at all. */
export function fileOverlay({ dir, lockDir, patienceMs }: OverlayOptions): Overlay {
  const path = join(dir, OVERLAY)
  const lock = openLock(lockDir, patienceMs ?? PATIENCE_MS)
  return {
    path,
    async edit(change) {
      await taken(lock.take(), path)
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 })
        const file = await realpath(path).catch(() => path)
        const before = await textOfOverlay(file)
        // Reading YAML takes long to load, and nearly nobody who has an overlay writes to it.
        const { changed } = await import('./overlay-edit.ts')
        const after = changed(before, file, change)
        if (after !== before) await replace(file, after)
      } finally {
        lock.give()
      }
    },
  }
}

async function taken(taking: Promise<void>, path: string): Promise<void> {
  try {
    await taking
  } catch (error) {
    const detail = `Cannot write ${path}: another process holds it, or this account may not`
    throw new RampartError('unavailable', detail, { cause: error })
  }
}

/** What stands in the file; nothing where there is none. */
export async function textOfOverlay(file: string): Promise<string> {
  const read = await readSmall(file, { limit: POLICY_BYTES, followLinks: false })
  if (read.text !== undefined) return read.text
  if (read.code === 'ENOENT') return ''
  throw new RampartError('policy_invalid', `Cannot read ${file}: ${read.detail}`)
}

async function replace(file: string, text: string): Promise<void> {
  try {
    await replaceFile(file, text)
  } catch (error) {
    throw new RampartError('state_unusable', `Cannot write ${file}: ${codeOf(error)}`, {
      cause: error,
    })
  }
}
