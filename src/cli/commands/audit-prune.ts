import { existsSync } from 'node:fs'
import { AnchorObserver } from '../../adapters/audit-anchors.ts'
import { heldBySinks } from '../../adapters/audit-held.ts'
import { loadSigner } from '../../adapters/audit-keys.ts'
import { openAuditLog } from '../../adapters/audit-log.ts'
import { nodeFileOps } from '../../adapters/audit-ops.ts'
import { planPrune } from '../../adapters/audit-prune.ts'
import { retain, type Retained, retentionLock } from '../../adapters/audit-quota.ts'
import { systemClock } from '../../adapters/clock.ts'
import { ulids } from '../../adapters/ids.ts'
import { createStderrLog } from '../../adapters/stderr-log.ts'
import { RampartError } from '../../errors.ts'
import { hashInto } from '../../runtime/hasher.ts'
import { type Invocation, textFlag } from '../command.ts'
import { auditDirectory, type Config, loadConfig, places } from '../config.ts'
import { formatBytes, formatKeep, keep as readKeep } from '../keep.ts'
import { type Output, safe } from '../output.ts'
import { atTerminal } from '../with-state.ts'

/** Old files go, and what they held stays accounted for: 0 done, 1 broken ones were left. */
export async function run(invocation: Invocation): Promise<number> {
  const { environment, flags, operands, out } = invocation
  const config = await loadConfig(environment, { serving: false, flags })
  const dir = operands[0] ?? auditDirectory(environment.home, config)
  if (!existsSync(dir)) throw new RampartError('not_found', `There is no trail in ${dir}`)
  const keep = keepOf(invocation, config)
  const keepText = formatKeep(keep)
  const clock = systemClock()
  const ids = ulids(clock)
  const heldFrom = () => heldBySinks(dir)
  const common = { dir, ops: nodeFileOps, keep, keepText, clock, heldFrom }
  if (flags.has('dry-run')) {
    const files = await planPrune(common)
    const nothing = { files, stub: undefined, finished: [], findings: [], packed: [], unpacked: [] }
    return print(dir, keepText, nothing, true, out)
  }
  const lock = retentionLock(dir)
  const log = createStderrLog({ level: 'warn' })
  try {
    await lock.take()
    const { keys } = places(environment.home)
    const anchors = new AnchorObserver({ dir, keys, clock, log })
    const audit = await openAuditLog({ dir, clock, ids, log, observers: [anchors] })
    try {
      const signer = () => loadSigner(keys)
      const options = { ...common, by: atTerminal(), ids, into: hashInto, signer, audit }
      const what = { pack: flags.has('compress'), force: flags.has('force') }
      return print(dir, keepText, await retain(options, what), false, out)
    } finally {
      await audit.close()
    }
  } finally {
    lock.give()
    lock.close()
  }
}

function keepOf(invocation: Invocation, { values }: Config): Config['values']['audit.keep'] {
  const text = textFlag(invocation, 'keep')
  if (text === undefined) return values['audit.keep']
  try {
    return readKeep(text)
  } catch (error) {
    throw new RampartError('usage', `--keep "${text}": ${(error as Error).message}`)
  }
}

function print(
  dir: string,
  keep: string,
  { files, stub, finished, findings, packed, unpacked }: Retained,
  dry: boolean,
  out: Output,
): number {
  const left = !dry && stub === undefined && findings.length > 0
  if (out.json) {
    const events = stub && { first: stub.first.seq, last: stub.last.seq }
    const removed = left ? [] : files
    out.data({
      directory: dir,
      dry_run: dry,
      keep,
      files: removed,
      events: events ?? null,
      finished,
      findings,
      packed,
      unpacked,
    })
    return left ? 1 : 0
  }
  for (const name of finished) out.line(safe`${name}: removed: an earlier prune was interrupted`)
  const did = dry ? 'would be removed' : left ? 'broken or behind what is: left' : 'removed'
  for (const { name, bytes, why } of files) {
    out.line(safe`${name}: ${formatBytes(bytes)}: ${did} (${why})`)
  }
  for (const name of packed) out.line(safe`${name}: packed`)
  for (const { name, why } of unpacked) out.line(safe`${name}: not packed (${why})`)
  for (const finding of findings.slice(0, 20)) out.line(safe`${finding}`)
  const next = left
    ? 'Next: rampart audit verify; to prune them all the same, say --force'
    : dry && files.length > 0
    ? 'Next: rampart audit prune'
    : 'Next: rampart audit verify'
  const count = left ? 0 : files.length + finished.length
  out.line(safe`${dir}: ${count} files ${dry ? 'to remove' : 'removed'}, to keep ${keep}. ${next}`)
  return left ? 1 : 0
}
