import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { retentionLock } from '../../adapters/audit-quota.ts'
import { systemClock } from '../../adapters/clock.ts'
import { backUp } from '../../adapters/state-archive.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { auditDirectory, loadConfig } from '../config.ts'
import { safe } from '../output.ts'
import { prepareState } from '../state.ts'
import { VERSION } from '../version.ts'

/** The state directory as one file, whether a server runs or not. */
export async function run(invocation: Invocation): Promise<number> {
  const { environment, flags, out } = invocation
  const { home } = environment
  if (!existsSync(home)) throw new RampartError('not_found', `There is no state in ${home}`)
  const created = new Date(systemClock().now()).toISOString()
  const file = resolve(textFlag(invocation, 'out') ?? `rampart-${stampOf(created)}.tar`)
  const secrets = flags.has('with-keys')
  const auditDir = auditDirectory(home, await loadConfig(environment, { serving: false, flags }))
  for (const warning of await prepareState(home)) out.note(safe`${warning}`)
  const lock = retentionLock(auditDir)
  try {
    await lock.take()
    const options = { home, auditDir, out: file, secrets, created, version: VERSION }
    const { manifest, bytes, skipped } = await backUp(options)
    const files = manifest.files.length
    if (out.json) out.data({ file, bytes, files, created, secrets, skipped })
    else {
      for (const path of skipped) out.note(safe`${path} is not in it: its name is not one of ours`)
      const what = secrets ? 'with keys and token: keep it as safe as them' : 'no keys, no token'
      out.line(safe`${file}: ${files} files, ${bytes} bytes, ${what}`)
    }
    return 0
  } finally {
    lock.give()
    lock.close()
  }
}

/** A time as part of a file's name. */
export function stampOf(time: string): string {
  return time.replace(/\.\d+Z$/, 'Z').replace(/[-:]/g, '')
}
