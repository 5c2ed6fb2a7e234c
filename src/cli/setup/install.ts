import { Buffer } from 'node:buffer'
import type { HookCall } from '../../setup/command-line.ts'
import { type Change, changeToInstall, changeToRemove, withoutUs } from './change.ts'
import { locked } from './lock.ts'
import { safeDirectory, type Target } from './place.ts'
import { allMade, backUp, dropReceipt, isUntouched, keepReceipt, readReceipt } from './receipt.ts'
import {
  digestOf,
  readSettings,
  removeEmpty,
  removeSettings,
  sweepDrafts,
  writeSettings,
} from './settings-file.ts'

/** Everything that putting hooks into these files would change; nothing is written. */
export async function plannedInstall(
  targets: readonly Target[],
  call: HookCall,
): Promise<Change[]> {
  return await Promise.all(targets.map(async (target) => {
    await safeDirectory(target, false)
    return changeToInstall(target, await readSettings(target.path), call)
  }))
}

/** Everything that taking them out would change; nothing is written. */
export async function plannedRemoval(home: string, targets: readonly Target[]): Promise<Change[]> {
  return await Promise.all(targets.map(async (target) => {
    await safeDirectory(target, false)
    const now = await readSettings(target.path)
    return changeToRemove(target, now, await readReceipt(home, target))
  }))
}

/**
 * Put hooks into files. All are looked at before the first is written; each is whole at every moment.
 *
 * @throws RampartError when one of them cannot be changed.
 */
export async function install(
  home: string,
  targets: readonly Target[],
  call: HookCall,
): Promise<Change[]> {
  return await locked(home, async () => {
    const changes = await plannedInstall(targets, call)
    for (const change of changes) if (change.kind !== 'none') await written(home, change)
    return changes
  })
}

async function written(home: string, { target, now, content, mode }: Change): Promise<void> {
  const before = await allMade(home)
  const fresh = await safeDirectory(target, true)
  const made = [...before, ...fresh].filter((dir) => target.path.startsWith(`${dir}/`)).sort()
  await sweepDrafts(target.path)
  const known = await readReceipt(home, target)
  if (now !== undefined) await backUp(home, target, now)
  const text = now === undefined ? undefined : withoutUs(target, now, known)
  const kept = now !== undefined && isUntouched(known, now) ? known : undefined
  await keepReceipt(home, target, {
    version: 1,
    host: target.host.name,
    path: target.path,
    before: kept !== undefined
      ? kept.before
      : text === undefined
      ? null
      : Buffer.from(text, 'utf8').toString('base64'),
    after: digestOf({ bytes: content! }),
    made: [...new Set(made)],
  })
  await writeSettings({ path: target.path, content: content!, mode: mode!, before: now })
}

/** Take hooks out of files, and away what was made for them. */
export async function uninstall(home: string, targets: readonly Target[]): Promise<Change[]> {
  return await locked(home, async () => {
    const changes = await plannedRemoval(home, targets)
    for (const change of changes) await undone(home, change)
    return changes
  })
}

async function undone(home: string, { target, now, kind, content, mode }: Change): Promise<void> {
  const { path } = target
  if (kind === 'delete') await removeSettings(path, now!)
  else if (kind !== 'none') {
    await writeSettings({ path, content: content!, mode: mode!, before: now })
  }
  await sweepDrafts(path)
  const receipt = await readReceipt(home, target)
  await removeEmpty(receipt?.made ?? [])
  await dropReceipt(home, target)
}
