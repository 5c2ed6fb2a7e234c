import { dirname } from 'node:path'
import { locked } from '../setup/lock.ts'
import { safeDirectory } from '../setup/place.ts'
import { dropReceipt, keepReceipt, readReceipt } from '../setup/receipt.ts'
import {
  digestOf,
  readSettings,
  refusal,
  removeEmpty,
  removeSettings,
  sweepDrafts,
  writeSettings,
} from '../setup/settings-file.ts'
import { type Unit, UNIT_MARK } from './units.ts'

/** Owner of its receipt, beside those of hosts. */
const HOST = { name: 'service' } as const

/**
 * Write a unit as settings files are written: whole or not at all, through no link, into no directory that others
 * may write to; what was made for it is remembered.
 *
 * @throws RampartError with what stands against it: a unit of somebody else's, too.
 */
export async function putUnit(home: string, unit: Unit): Promise<void> {
  const { path, text } = unit
  await locked(home, async () => {
    const before = await readSettings(path)
    if (before !== undefined && !isOurs(before)) {
      throw refusal(path, "it is somebody else's; take it away, or use --service background")
    }
    const owned = { host: HOST, path }
    const known = await readReceipt(home, owned)
    const made = await safeDirectory(unit, true)
    const content = new TextEncoder().encode(text)
    await sweepDrafts(path)
    await keepReceipt(home, owned, {
      version: 1,
      host: HOST.name,
      path,
      before: null,
      after: digestOf({ bytes: content }),
      made: [...new Set([...known?.made ?? [], ...made])].sort(),
    })
    await writeSettings({ path, content, mode: 0o600, before })
  })
}

/** Whether a unit of ours lies there; one that cannot be read is none. */
export async function isPut({ path }: Unit): Promise<boolean> {
  const now = await readSettings(path).catch(() => undefined)
  return now !== undefined && isOurs(now)
}

/** Take it away, and the directories that were made for it as far as nothing else came into them. */
export async function takeUnit(home: string, { path }: Unit): Promise<void> {
  await locked(home, async () => {
    const now = await readSettings(path)
    if (now !== undefined && isOurs(now)) await removeSettings(path, now)
    await sweepDrafts(path)
    const owned = { host: HOST, path }
    const receipt = await readReceipt(home, owned)
    await removeEmpty((receipt?.made ?? []).filter((dir) => dirname(path).startsWith(dir)))
    await dropReceipt(home, owned)
  })
}

const isOurs = ({ text }: { readonly text: string }): boolean => text.includes(UNIT_MARK)
