import { lstatSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import type { Ids } from '../ports.ts'
import { type Damage, damageOf } from './audit-damage.ts'
import { trailFile, trailFiles } from './audit-files.ts'
import type { Lock } from './audit-lock.ts'
import type { FileOps } from './audit-ops.ts'
import { rewrite } from './audit-rewrite.ts'
import { codeOf } from './safe-read.ts'

/** Something that is in the way, and what is done about it. */
export interface Repair {
  readonly file: string
  /** From 1; 0 means the file as a whole. */
  readonly line: number
  readonly what: string
  /** What the repair does, or what is left to a person. */
  readonly action: string
  /** `start`: opening the trail does it. */
  readonly by: 'repair' | 'start' | 'person'
  readonly done: boolean
  /** The file beside it that holds what was moved out. */
  readonly kept_as?: string
}

export interface RepairOptions {
  readonly dir: string
  readonly ops: FileOps
  readonly ids: Ids
  /** Undefined for a dry run: then nothing is changed. */
  readonly lock: Lock | undefined
}

/** Files beside those of the trail that a repair or a start made. */
const SIDE = /^\d{4}-\d\d-\d\d(?:\.\d{1,9})?\.jsonl\.(torn|garbage|draft)-[0-9A-Z]{26}$/

/**
 * Put in order what a start does not: torn lines in old files, lines that are no events, modes, rests of
 * a repair that was interrupted. No byte of evidence is deleted, none of an event changed. Rejects where
 * the directory itself cannot be read.
 */
export async function repairTrail(options: RepairOptions): Promise<readonly Repair[]> {
  const { dir } = options
  const repairs = await tighten(dir, '.', 0o700, options)
  // What is packed stands under the name of what it holds.
  for (const name of [...new Set([...readdirSync(dir), ...options.ops.list(dir)])].sort()) {
    const isTrail = trailFile(name) !== undefined
    if (!isTrail && !SIDE.test(name)) continue
    const stats = lstatSync(join(dir, name), { throwIfNoEntry: false })
    if (stats === undefined && isTrail) repairs.push(...await mend(name, options))
    else if (stats === undefined) continue
    else if (!stats.isFile()) repairs.push(...strange(name, isTrail))
    else {
      repairs.push(...await tighten(join(dir, name), name, 0o600, options))
      repairs.push(...isTrail ? await mend(name, options) : await tidy(name, stats, options))
    }
  }
  return repairs
}

function strange(file: string, isTrail: boolean): Repair[] {
  const what = 'not a regular file: nothing reads it'
  const action = 'find out who put it there, and move it away'
  return isTrail ? [{ file, line: 0, what, action, by: 'person', done: false }] : []
}

/** Nobody else may read a trail, nor write to it. */
async function tighten(
  path: string,
  file: string,
  mode: 0o600 | 0o700,
  { ops, lock }: RepairOptions,
): Promise<Repair[]> {
  const { mode: now } = lstatSync(path)
  // Where there are no owners, modes mean nothing.
  if ((now & 0o777) === mode || process.platform === 'win32') return []
  const what = `mode ${(now & 0o777).toString(8).padStart(4, '0')}`
  return [
    await attempt(
      { file, line: 0, what, action: `set to ${mode.toString(8).padStart(4, '0')}`, by: 'repair' },
      lock && (() => ops.tighten(path, mode)),
    ),
  ]
}

/** A draft of a repair is a copy of what is there; an empty side file holds nothing. */
async function tidy(
  file: string,
  stats: Stats,
  { dir, ops, lock }: RepairOptions,
): Promise<Repair[]> {
  const isDraft = SIDE.exec(file)?.[1] === 'draft'
  if (!isDraft && stats.size > 0) return []
  const what = isDraft ? 'the rest of a repair that was interrupted' : 'an empty side file'
  const finding = { file, line: 0, what, action: 'remove it', by: 'repair' } as const
  return [await attempt(finding, lock && (() => ops.remove(join(dir, file))))]
}

async function mend(name: string, options: RepairOptions): Promise<Repair[]> {
  const { dir, ops, ids, lock } = options
  let damage: readonly Damage[]
  try {
    damage = await settledDamage(name, options)
  } catch (error) {
    const what = `cannot be read (${codeOf(error)})`
    const action = 'make it readable, or bring it back from a copy'
    return [{ file: name, line: 0, what, action, by: 'person', done: false }]
  }
  if (damage.length === 0) return []
  const isNewest = trailFiles(ops.list(dir)).at(-1)?.name === name
  // The end of the newest file is mended under the lock by whoever opens the trail.
  const onlyEnd = isNewest && damage.every(({ what }) => what === 'torn' || what === 'no line feed')
  if (onlyEnd) return damage.map((one) => repairOf(name, one, 'start', lock !== undefined))
  const id = ids.next()
  const paths = { dir, name, side: `${name}.garbage-${id}`, draft: `${name}.draft-${id}` }
  const done = lock && await held(lock, async () => {
    // A packed file is unpacked by who appends to it.
    await ops.open(join(dir, name), 'append').then((file) => file.close())
    return await rewrite(paths, ops)
  })
  const side = done?.moved === true ? paths.side : undefined
  return damage.map((one) => repairOf(name, one, 'repair', done?.ok ?? false, side, done?.code))
}

const WORDS: Readonly<Record<Damage['what'], readonly [what: string, action: string]>> = {
  'no event': ['no event', 'move the bytes out into a file beside it'],
  torn: ['a line without an end', 'move the bytes out into a file beside it'],
  'no line feed': ['an event without its line feed', 'end the line'],
}

function repairOf(
  file: string,
  { line, lines, bytes, what }: Damage,
  by: 'repair' | 'start',
  done: boolean,
  side?: string,
  code?: string,
): Repair {
  const [words, action] = WORDS[by === 'start' ? 'torn' : what]
  const many = lines === 1 ? '' : `${lines} lines, `
  return {
    file,
    line,
    what: `${words} (${many}${bytes} bytes)${
      code === undefined ? '' : `, and not mended: ${code}`
    }`,
    action,
    by,
    done,
    ...(side === undefined || what === 'no line feed' ? {} : { kept_as: side }),
  }
}

/** A line that is being written now is whole a moment later. */
async function settledDamage(
  name: string,
  { dir, ops }: RepairOptions,
): Promise<readonly Damage[]> {
  for (let attempt = 0;; attempt++) {
    const file = await ops.open(join(dir, name), 'read')
    try {
      const damage = await damageOf(file)
      const isWriting = damage.length === 1 && damage[0]!.what !== 'no event'
      if (!isWriting || attempt >= RETRIES) return damage
    } finally {
      await file.close()
    }
    await setTimeout(RETRY_MS)
  }
}

const RETRIES = 5
const RETRY_MS = 20

async function held(
  lock: Lock,
  work: () => Promise<boolean>,
): Promise<{ readonly ok: boolean; readonly moved?: boolean; readonly code?: string }> {
  try {
    await lock.take()
    return { ok: true, moved: await work() }
  } catch (error) {
    return { ok: false, code: codeOf(error) }
  } finally {
    lock.give()
  }
}

async function attempt(
  finding: Omit<Repair, 'done'>,
  work: (() => Promise<void>) | undefined,
): Promise<Repair> {
  if (work === undefined) return { ...finding, done: false }
  try {
    await work()
    return { ...finding, done: true }
  } catch (error) {
    return { ...finding, what: `${finding.what}, and not mended: ${codeOf(error)}`, done: false }
  }
}
