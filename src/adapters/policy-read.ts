import type { Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { TrustedKey } from '../bundle/signature.ts'
import type { PolicyText } from '../engine/assemble.ts'
import type { Fault } from '../engine/types.ts'
import { type Owner, ownershipFault } from './file-owner.ts'
import { sha256Hasher } from './hash.ts'
import { codeOf, type Readable, readSmall, type Unreadable } from './safe-read.ts'

export const POLICY_BYTES = 1 << 20
/** The person's own file: its allows answer asks, its blocks are denials (semantics.md 11). */
export const OVERLAY = 'user.yaml'
/** Files of one directory; more is a fault, not a slow start. */
const POLICY_FILES = 256
/** A file this fresh may still be written to, so one look at it proves nothing. */
const FRESH_MS = 2000

/** A place where policies lie. */
export interface Place {
  /** `overlay` is of a directory its overlay alone; `bundle` a signed archive, which may not be there. */
  readonly kind: 'directory' | 'file' | 'overlay' | 'bundle'
  readonly path: string
  readonly layer: 'managed' | 'user'
  readonly owner: Owner | 'unchecked'
  /** Of a bundle: who may have signed it. */
  readonly keys?: readonly TrustedKey[] | undefined
}

/** Everything one look at the places saw. Two looks saw the same when their keys are equal. */
export interface Look {
  readonly texts: readonly PolicyText[]
  readonly faults: readonly Fault[]
  readonly files: readonly string[]
  /** Over names, inodes, times, contents and faults. */
  readonly key: string
}

export async function look(places: readonly Place[]): Promise<Look> {
  const texts: PolicyText[] = []
  const faults: Fault[] = []
  const hash = sha256Hasher()
  for (const place of places) {
    for (const file of await filesOf(place, faults)) {
      const stats = await take(file, place, texts, faults)
      hash.update(JSON.stringify([file, stats?.ino, stats?.size, stats?.mtimeMs]))
    }
  }
  for (const { file, layer, text } of texts) hash.update(JSON.stringify([file, layer, text]))
  for (const { file, message } of faults) hash.update(JSON.stringify([file, message]))
  return { texts, faults, files: texts.map(({ file }) => file), key: hash.digest('hex') }
}

/** Cheap to take: changes whenever a file was touched, replaced, added or removed. */
export async function stamp(
  places: readonly Place[],
  extended: readonly string[],
  now: number,
): Promise<string> {
  const parts: string[] = []
  for (const place of places) {
    for (const file of await filesOf(place, [])) parts.push(await stampOf(file, now))
  }
  for (const file of extended) parts.push(await stampOf(file, now))
  return parts.join('\n')
}

/** Whether any file was written so lately that the writer may not be done. */
export async function isFresh(places: readonly Place[], now: number): Promise<boolean> {
  for (const place of places) {
    for (const file of await filesOf(place, [])) {
      const stats = await stat(file).catch(() => undefined)
      if (stats && Math.abs(now - stats.mtimeMs) < FRESH_MS) return true
    }
  }
  return false
}

export function faultAt(file: string, message: string): Fault {
  return { file, line: 1, col: 1, message }
}

async function stampOf(file: string, now: number): Promise<string> {
  const stats = await stat(file, { bigint: true }).catch(() => undefined)
  if (stats === undefined) return `${file} gone`
  // Within the grain of the file system's clock two writes look alike: stay suspicious for a while.
  const fresh = Math.abs(now - Number(stats.mtimeMs)) < FRESH_MS ? now : ''
  return `${file} ${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs} ${fresh}`
}

async function filesOf(place: Place, faults: Fault[]): Promise<readonly string[]> {
  if (place.kind === 'file' || place.kind === 'bundle') return [place.path]
  let names: string[]
  try {
    names = await readdir(place.path)
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'ENOENT') faults.push(faultAt(place.path, `The directory cannot be read: ${code}`))
    return []
  }
  const visible = names.filter((name) => !name.startsWith('.')).sort()
  const unlike = place.kind === 'overlay' ? [] : visible.filter((name) => /\.yml$/i.test(name))
  for (const name of unlike) {
    faults.push(faultAt(join(place.path, name), 'Not loaded: rename the file to end in .yaml'))
  }
  if (place.kind === 'overlay') {
    return visible.includes(OVERLAY) ? [join(place.path, OVERLAY)] : []
  }
  const wanted = visible.filter((name) => name.endsWith('.yaml'))
  if (wanted.length > POLICY_FILES) {
    faults.push(faultAt(place.path, `More than ${POLICY_FILES} policy files`))
  }
  return wanted.slice(0, POLICY_FILES).map((name) => join(place.path, name))
}

async function take(
  file: string,
  place: Place,
  texts: PolicyText[],
  faults: Fault[],
): Promise<Stats | undefined> {
  if (place.kind === 'bundle') {
    // Who follows no bundle does not load what reads one.
    const { takeBundle } = await import('./bundle-read.ts')
    return await takeBundle(place, texts, faults)
  }
  const read = await readPolicy(file, place.owner)
  if (read.text === undefined) {
    faults.push(faultAt(file, read.detail))
    return undefined
  }
  const overlay = place.kind !== 'file' && place.layer === 'user' &&
    basename(file) === OVERLAY
  texts.push({ file, layer: overlay ? 'overlay' : place.layer, text: read.text })
  return read.stats
}

/** A policy file's text, if only those could have written it who may command us (F36). */
export async function readPolicy(
  file: string,
  owner: Place['owner'],
): Promise<Readable | Unreadable> {
  return await trusted(
    file,
    owner,
    await readSmall(file, { limit: POLICY_BYTES, followLinks: true }),
  )
}

/** What was read of a file, if only those could have written it who may command us. */
export async function trusted<T extends { readonly stats: Stats }>(
  file: string,
  owner: Place['owner'],
  read: T | Unreadable,
): Promise<T | Unreadable> {
  if ('detail' in read || owner === 'unchecked') return read
  const wrong = await ownership(file, owner)
  return wrong === undefined ? read : { detail: `Not trusted: ${wrong}`, code: 'EPERM' }
}

async function ownership(file: string, owner: Owner): Promise<string | undefined> {
  try {
    return await ownershipFault(file, owner)
  } catch (error) {
    return `the owners of ${dirname(file)} cannot be read: ${codeOf(error)}`
  }
}
