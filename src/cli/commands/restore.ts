import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { openAuditLog } from '../../adapters/audit-log.ts'
import { noteDraft } from '../../adapters/audit-seal.ts'
import { systemClock } from '../../adapters/clock.ts'
import { ulids } from '../../adapters/ids.ts'
import { checkArchive, restoreState } from '../../adapters/state-archive-restore.ts'
import type { Manifest } from '../../adapters/state-archive-read.ts'
import { RampartError } from '../../errors.ts'
import type { Invocation } from '../command.ts'
import { places } from '../config.ts'
import { type Output, safe } from '../output.ts'
import { lockServer } from '../server-file.ts'
import { atTerminal } from '../with-state.ts'
import { stampOf } from './backup.ts'

/** A backup in the place of the state directory, as a whole or not at all. */
export async function run({ environment, flags, operands, out }: Invocation): Promise<number> {
  const { home } = environment
  const archive = operands[0]!
  if (flags.has('dry-run')) {
    print({ manifest: await checkArchive(archive), home, archive, before: undefined }, true, out)
    return 0
  }
  const clock = systemClock()
  const lock = holdServer(home)
  try {
    const restored = await restoreState({
      home,
      archive,
      force: flags.has('force'),
      stamp: stampOf(new Date(clock.now()).toISOString()),
      prepare: (staging, manifest) => recordRestore(join(staging, 'audit'), archive, manifest),
    })
    print({ ...restored, home, archive }, false, out)
    return 0
  } finally {
    lock?.release()
  }
}

/** Nobody may serve from a directory that is about to be replaced. */
function holdServer(home: string): { release(): void } | undefined {
  if (!existsSync(places(home).run)) return undefined
  const lock = lockServer(home)
  if (lock !== undefined) return lock
  const detail = `A server runs on ${home}. Stop it first: rampart serve stop`
  throw new RampartError('state_unusable', detail)
}

/** The trail goes on from the backup, and says that it does. */
async function recordRestore(dir: string, archive: string, manifest: Manifest): Promise<void> {
  const clock = systemClock()
  const ids = ulids(clock)
  const { created, version, files } = manifest
  const request = { archive: basename(archive), created, version, files: files.length }
  const message = `The state was restored from a backup of ${created}`
  const draft = { ...noteDraft('recovery', request, message, { clock, ids }), ...atTerminal() }
  const log = await openAuditLog({ dir, clock, ids })
  try {
    await log.append([draft])
  } finally {
    await log.close()
  }
}

interface Told {
  readonly manifest: Manifest
  readonly home: string
  readonly archive: string
  readonly before: string | undefined
}

function print({ manifest, home, archive, before }: Told, dry: boolean, out: Output): void {
  const { created, version, secrets, files } = manifest
  if (out.json) {
    out.data({ archive, home, dry_run: dry, created, version, secrets, before, files })
    return
  }
  const what = secrets ? 'with keys and token' : 'without keys and token'
  const about = `${files.length} files of ${created}, ${what}`
  if (dry) out.line(safe`${archive}: ${about}: as its manifest says. Nothing was written`)
  else {
    out.line(safe`${home}: restored, ${about}`)
    if (before !== undefined) out.line(safe`What was there is in ${before}`)
    out.line(safe`Next: rampart audit verify, then rampart serve`)
  }
}
