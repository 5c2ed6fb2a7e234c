import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from '../engine/types.ts'
import type { Clock, FactReader, PolicyState } from '../ports.ts'
import { sha256Hex } from './hash.ts'
import { type Embedded, type Loaded, loadTexts } from './policy-load.ts'
import { faultAt, POLICY_BYTES } from './policy-read.ts'
import { codeOf, readSmall } from './safe-read.ts'

/** Projects remembered at once. */
const PROJECTS = 128
/** How long a directory's git root is believed. */
const ROOT_MS = 1000
const ROOTS = 1024
/** A file this fresh may be half saved: it is read until two looks agree (security.md F16). */
const FRESH_MS = 2000
const AGAIN_MS = 50
const LOOKS = 20

/** What is in force without a project. */
export interface Base {
  readonly state: PolicyState
  readonly loaded: Loaded
}

interface Project {
  /** Of the file when it was read; undefined while it is too fresh to be believed. */
  readonly stamp: string | undefined
  readonly content: string
  readonly base: Base
  readonly state: PolicyState
  /** The last text that was good, to stay in force when a later one is not. */
  readonly good: string | undefined
}

export interface ProjectOptions {
  readonly embedded: Embedded
  readonly clock: Clock
  readonly facts: Pick<FactReader, 'projectRoot'>
}

export type ForProject = (cwd: string, base: Base) => Promise<PolicyState>

/**
 * The layer of `<git root>/.rampart/policy.yaml` on top of what is in force, cached by content. A file
 * that cannot be used leaves the last good one in force; where there never was one, the state says that
 * calls are to be denied.
 */
export function createProjects({ embedded, clock, facts }: ProjectOptions): ForProject {
  const projects = new Map<string, Project>()
  const roots = new Map<string, { root: string | undefined; at: number }>()
  const loading = new Map<string, Promise<PolicyState>>()

  async function rootOf(cwd: string): Promise<string | undefined> {
    const known = roots.get(cwd)
    const now = clock.monotonic()
    if (known !== undefined && now - known.at < ROOT_MS) return known.root
    const root = await facts.projectRoot(cwd)
    remember(roots, cwd, { root, at: now }, ROOTS)
    return root
  }

  async function load(file: string, base: Base): Promise<PolicyState> {
    const known = projects.get(file)
    const seen = await stampOf(file, clock.now())
    if (seen === 'ENOENT') {
      projects.delete(file)
      return base.state
    }
    if (known?.stamp !== undefined && known.stamp === seen && known.base === base) {
      return known.state
    }
    const read = await readSettled(file, clock)
    const content = read.text ?? `\0${read.detail}`
    if (known !== undefined && known.content === content && known.base === base) {
      projects.set(file, { ...known, stamp: seen })
      return known.state
    }
    const project = await compile(file, read.text, read.detail, known?.good, base, embedded)
    remember(projects, file, { ...project, stamp: seen, content, base }, PROJECTS)
    return project.state
  }

  return async (cwd, base) => {
    const root = await rootOf(cwd)
    if (root === undefined) return base.state
    const file = join(root, '.rampart', 'policy.yaml')
    const before = loading.get(file)
    if (before !== undefined) return await before
    const mine = load(file, base).finally(() => loading.delete(file))
    loading.set(file, mine)
    return await mine
  }
}

async function compile(
  file: string,
  text: string | undefined,
  detail: string | undefined,
  good: string | undefined,
  base: Base,
  embedded: Embedded,
): Promise<Pick<Project, 'state' | 'good'>> {
  const faults: Fault[] = []
  if (text === undefined) faults.push(faultAt(file, detail ?? 'The file cannot be read'))
  else {
    const state = await withProject(file, text, base, embedded, faults)
    if (state !== undefined) return { state, good: text }
  }
  const last = good === undefined ? undefined : await withProject(file, good, base, embedded, [])
  const all = [...base.state.faults, ...faults]
  return last === undefined
    ? { state: { ...base.state, faults: all, refused: faults }, good: undefined }
    : { state: { ...last, faults: all }, good }
}

async function withProject(
  file: string,
  text: string,
  { state, loaded }: Base,
  embedded: Embedded,
  faults: Fault[],
): Promise<PolicyState | undefined> {
  const sources = [...loaded.sources, { file, layer: 'project' as const, text }]
  const result = await loadTexts(sources, embedded, loaded.beside)
  if (result.set === undefined) {
    faults.push(...result.faults)
    return undefined
  }
  return { ...state, set: result.set, files: [...state.files, file] }
}

/** Of a fresh file the text that two looks agree on. Links are not followed: a project commits files. */
async function readSettled(
  file: string,
  clock: Clock,
): Promise<{ readonly text?: string | undefined; readonly detail?: string | undefined }> {
  let before: string | undefined
  for (let turn = 0;; turn++) {
    const read = await readSmall(file, { limit: POLICY_BYTES, followLinks: false })
    const fresh = read.text !== undefined && Math.abs(clock.now() - read.stats.mtimeMs) < FRESH_MS
    const print = read.text === undefined
      ? read.detail
      : `${read.stats.ino} ${read.stats.mtimeMs} ${sha256Hex(read.text)}`
    if (!fresh || print === before || turn >= LOOKS) return read
    before = print
    await clock.sleep(AGAIN_MS)
  }
}

async function stampOf(file: string, now: number): Promise<string | undefined> {
  try {
    const { ino, size, mtimeNs, ctimeNs, mtimeMs } = await stat(file, { bigint: true })
    const fresh = Math.abs(now - Number(mtimeMs)) < FRESH_MS
    return fresh ? undefined : `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch (error) {
    const code = codeOf(error)
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'ENOENT' : undefined
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size > most) map.delete(map.keys().next().value!)
}
