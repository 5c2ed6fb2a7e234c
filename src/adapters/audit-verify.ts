import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createVerifier, type Verified, type Verifier } from '../audit/verify.ts'
import { RampartError } from '../errors.ts'
import { trailFile, trailFiles } from './audit-files.ts'
import { trailFileOps } from './audit-gzip.ts'
import { linesForward, textOf } from './audit-lines.ts'
import type { FileOps } from './audit-ops.ts'
import { messageOf } from './database-wal.ts'
import { sha256 } from './hash.ts'

/**
 * Verify the trail of a directory, block by block. A server may be writing meanwhile. Rejects with
 * `state_unusable` when the directory or a file of it cannot be read.
 */
export async function verifyDirectory(
  dir: string,
  ops: FileOps = trailFileOps,
): Promise<Verified> {
  const verifier = createVerifier(sha256)
  try {
    tellOfStrangers(dir, verifier)
    for (const { name } of trailFiles(ops.list(dir))) {
      verifier.file(name)
      await verifyFile(join(dir, name), verifier, ops)
    }
    return verifier.end()
  } catch (error) {
    throw new RampartError('state_unusable', `Cannot read ${dir}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** A link or directory with the name of a trail file is none, and would be passed over in silence. */
function tellOfStrangers(dir: string, verifier: Verifier): void {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isFile() || trailFile(entry.name) === undefined) continue
    verifier.file(entry.name)
    verifier.finding('Not a regular file')
  }
}

async function verifyFile(path: string, verifier: Verifier, ops: FileOps): Promise<void> {
  const file = await ops.open(path, 'read')
  try {
    let start = 0
    for (let attempt = 0;; attempt++) {
      const rest = await verifyFrom(start, attempt === RETRIES)
      if (rest === undefined) return
      start = rest
      await setTimeout(RETRY_MS)
    }
  } finally {
    await file.close()
  }

  /** Where an unfinished last line starts that is to be read again. */
  async function verifyFrom(start: number, final: boolean): Promise<number | undefined> {
    for await (const lines of linesForward(file, start)) {
      for (const line of lines) {
        if (!line.terminated && !final) return line.start
        verifier.line(textOf(line), line.terminated)
      }
    }
    return undefined
  }
}

/** A line that is being written now is whole a moment later. */
const RETRIES = 5
const RETRY_MS = 20
