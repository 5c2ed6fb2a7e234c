import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { sha256Hex } from '../../adapters/hash.ts'
import { replaceFile } from '../../adapters/replace-file.ts'
import { codeOf, readSmall } from '../../adapters/safe-read.ts'
import { places } from '../config.ts'
import { digestOf, type Settings } from './settings-file.ts'
import type { Target } from './place.ts'

/** A file and all that is needed to put it back as it was. */
const Receipt = z.strictObject({
  version: z.literal(1),
  host: z.string(),
  path: z.string(),
  /** Its bytes without us in base64; null where there was no file. */
  before: z.base64().nullable(),
  /** What it says since; anything else and somebody edited it. */
  after: z.string(),
  /** Directories that were made for it, from the top. */
  made: z.array(z.string()),
})
export type Receipt = z.infer<typeof Receipt>

const directory = (home: string) => join(home, 'setup')

/** Whose file a receipt is about: a host's, or a service manager's. */
type Owned = Pick<Target, 'path'> & { readonly host: { readonly name: string } }

const stem = (home: string, { host, path }: Owned) =>
  join(directory(home), `${host.name}-${sha256Hex(path).slice(0, 12)}`)

/** What is known of a file that was set up; undefined where nothing is, or nothing that could be believed. */
export async function readReceipt(home: string, target: Owned): Promise<Receipt | undefined> {
  const receipt = await read(`${stem(home, target)}.json`)
  return receipt?.path === target.path ? receipt : undefined
}

async function read(file: string): Promise<Receipt | undefined> {
  const { text } = await readSmall(file, { limit: 16 << 20, followLinks: false })
  try {
    return text === undefined ? undefined : Receipt.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Every directory that any setup made; the last file in it takes it along. */
export async function allMade(home: string): Promise<ReadonlySet<string>> {
  const names = await readdir(directory(home)).catch((): string[] => [])
  const receipts = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => read(join(directory(home), name))),
  )
  return new Set(receipts.flatMap((receipt) => receipt?.made ?? []))
}

/** Kept before the file itself changes, so that a kill in between leaves nothing that cannot be undone. */
export async function keepReceipt(home: string, target: Owned, receipt: Receipt): Promise<void> {
  await mkdir(directory(home), { recursive: true, mode: 0o700 })
  await replaceFile(`${stem(home, target)}.json`, `${JSON.stringify(receipt)}\n`)
}

export async function dropReceipt(home: string, target: Owned): Promise<void> {
  await rm(`${stem(home, target)}.json`, { force: true })
  await rm(backupOf(home, target), { force: true })
}

/** Where the file lies as it was before the first setup. */
export const backupOf = (home: string, target: Owned): string => `${stem(home, target)}.original`

/** Keep the file as it was, once: a later setup never writes over it. */
export async function backUp(home: string, target: Owned, before: Settings): Promise<void> {
  await mkdir(directory(home), { recursive: true, mode: 0o700 })
  await writeFile(backupOf(home, target), before.bytes, { mode: 0o600, flag: 'wx' })
    .catch((error) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
}

/** Whether a file still says what setup made it say. */
export function isUntouched(receipt: Receipt | undefined, now: Settings): boolean {
  return receipt !== undefined && receipt.after === digestOf(now)
}

/** The state directory's own; every other file of ours is in `places`. */
export const setupLock = (home: string): string => join(places(home).run, 'setup.lock')
