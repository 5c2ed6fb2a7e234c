import type { TrustedKey } from '../bundle/signature.ts'
import type { ParseStore, PolicyText } from '../engine/assemble.ts'
import type { PolicySet } from '../engine/policy-set.ts'
import type { Fault } from '../engine/types.ts'
import { RampartError } from '../errors.ts'
import type {
  Clock,
  FactReader,
  Log,
  PolicyChange,
  PolicyFinding,
  PolicySource,
  PolicyState,
} from '../ports.ts'
import { droppedRules } from './policy-drop.ts'
import { type Embedded, type Loaded, loadLook } from './policy-load.ts'
import { type Base, createProjects, type ForProject } from './policy-project.ts'
import { faultAt, isFresh, type Look, look, type Place, stamp } from './policy-read.ts'
import { type Watching, watchPlaces } from './policy-watch.ts'

export interface PolicyFilesOptions {
  /** `$RAMPART_HOME/policies`. */
  readonly dir: string
  /** One file instead of that directory (`--policy`). */
  readonly file?: string | undefined
  /** The overlay of `dir` beside that one file: it is no policy file (semantics.md 11). */
  readonly overlay?: boolean | undefined
  /** Root-owned policies (`/etc/rampart/policies`). */
  readonly managedDir?: string | undefined
  /** A bundle that is in force beside them, once there is one, and the keys it may be signed with. */
  readonly bundle?: { readonly path: string; readonly keys: readonly TrustedKey[] } | undefined
  /** Built-in policies by name; `self-protection` is always in force. */
  readonly builtins: Readonly<Record<string, string>>
  /** The built-in profile when there is no policy file; `standard` unless given. */
  readonly profile?: string | undefined
  readonly clock: Clock
  readonly log: Log
  readonly facts: Pick<FactReader, 'projectRoot'>
  /** Whether a project's own policy counts; `RAMPART_NO_PROJECT_POLICY` turns it off. */
  readonly projectPolicies: boolean
  /** Follow changes; a one-shot command does not. True unless given. */
  readonly watch?: boolean | undefined
  /** Texts that were read before (security.md F26). */
  readonly parses?: ParseStore | undefined
  /** Judge owners as sshd does (F36). True unless given: only tests have a reason. */
  readonly checkOwners?: boolean | undefined
}

/** Two looks this far apart must see the same (security.md F16). */
const STILL_MS = 50
/** A set that drops restrictions must stand this long. */
const DROP_STILL_MS = 500

/**
 * The policies in force, from files. Rejects with `policy_invalid` and every fault when the files are
 * not good at start. Later a bad save, a half-saved file or the loss of all files leaves the last good
 * set in force; every adoption and refusal is told to the listeners.
 */
export async function openPolicyFiles(options: PolicyFilesOptions): Promise<PolicySource> {
  const places = placesOf(options)
  const embedded = embeddedOf(options)
  const { base, key } = await start(places, embedded, options.clock)
  return new PolicyFiles(options, places, embedded, base, key)
}

/** What is wrong with some texts beside everything else that would be in force with them. */
export async function faultsBeside(
  options: PolicyFilesOptions,
  texts: readonly PolicyText[],
): Promise<readonly Fault[]> {
  const places = placesOf({ ...options, bundle: undefined })
  const seen = await look(places)
  const all = { ...seen, texts: [...seen.texts, ...texts] }
  const { faults } = await loadLook(all, places, embeddedOf(options))
  return faults.filter((fault) => texts.some(({ file }) => file === fault.file))
}

class PolicyFiles implements PolicySource {
  readonly #options: PolicyFilesOptions
  readonly #places: readonly Place[]
  readonly #embedded: Embedded
  readonly #projects: ForProject
  readonly #listeners = new Set<Parameters<PolicySource['onChange']>[0]>()
  readonly #watching: Watching | undefined
  #base: Base
  /** Of the look that was last taken or refused. */
  #key: string
  #running: Promise<void> | undefined
  #queued: Promise<void> | undefined

  constructor(
    options: PolicyFilesOptions,
    places: readonly Place[],
    embedded: Embedded,
    base: Base,
    key: string,
  ) {
    this.#options = options
    this.#places = places
    this.#embedded = embedded
    this.#base = base
    this.#key = key
    const { clock, facts, log } = options
    this.#projects = createProjects({ embedded, clock, facts })
    if (options.watch === false) return
    this.#watching = watchPlaces(
      places,
      clock,
      () => stamp(places, this.#base.loaded.extended, clock.now()),
      () => this.#reload().catch((error) => log.error('Cannot reload the policies', error)),
    )
  }

  current(): PolicyState {
    return this.#base.state
  }

  async findings(): Promise<readonly PolicyFinding[]> {
    // Not for commands that run once: they never ask.
    const { lintPolicy } = await import('../engine/lint.ts')
    const { parsePolicy } = await import('../engine/load.ts')
    const own = this.#base.loaded.sources.filter(isOwnFile)
    return own.flatMap((source) => {
      const parsed = parsePolicy(source)
      if (!('value' in parsed)) return []
      const found = lintPolicy(parsed.value, parsed.locate, this.#options.clock.now())
      return found.map((finding) => ({ file: source.file, ...finding }))
    })
  }

  async forProject(cwd: string | undefined): Promise<PolicyState> {
    if (!this.#options.projectPolicies || cwd === undefined) return this.#base.state
    return await this.#projects(cwd, this.#base)
  }

  async reload(): Promise<PolicyState> {
    await this.#reload()
    return this.#base.state
  }

  onChange(listener: Parameters<PolicySource['onChange']>[0]): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#watching?.close()
    await this.#running?.catch(() => {})
  }

  /** One at a time; whoever asks while one runs gets the next, which sees everything saved by then. */
  #reload(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#settle().finally(() => this.#running = undefined)
      return this.#running
    }
    this.#queued ??= this.#running.catch(() => {}).then(() => {
      this.#queued = undefined
      return this.#reload()
    })
    return this.#queued
  }

  /** Look until it is settled what the files say, then take it or refuse it. */
  async #settle(): Promise<void> {
    const { clock } = this.#options
    let before = await look(this.#places)
    let since = clock.monotonic()
    for (;;) {
      await clock.sleep(STILL_MS)
      const after = await look(this.#places)
      if (after.key !== before.key) {
        before = after
        since = clock.monotonic()
        continue
      }
      const loaded = await loadLook(after, this.#places, this.#embedded)
      const faults = [...loaded.faults, ...lossFaults(this.#base, after, this.#options)]
      if (loaded.set === undefined || faults.length > 0) return this.#refuse(after, faults)
      const dropped = droppedRules(this.#base.state.set, loaded.set)
      if (dropped.length > 0 && clock.monotonic() - since < DROP_STILL_MS) continue
      return this.#adopt(after, loaded, loaded.set, dropped)
    }
  }

  #adopt(seen: Look, loaded: Loaded, set: PolicySet, dropped: readonly string[]): void {
    const { state } = this.#base
    const same = set.hash === state.set.hash && state.faults.length === 0
    this.#key = seen.key
    if (same) return
    this.#base = { state: stateOf(set, loaded, this.#options.clock.now()), loaded }
    const { files } = this.#base.state
    this.#announce({ kind: 'loaded', hash: set.hash, files, faults: [], dropped })
  }

  #refuse(seen: Look, faults: readonly Fault[]): void {
    const told = seen.key === this.#key && this.#base.state.faults.length > 0
    this.#key = seen.key
    this.#base = { ...this.#base, state: { ...this.#base.state, faults } }
    if (told) return
    const { hash } = this.#base.state.set
    this.#announce({ kind: 'refused', hash, files: seen.files, faults, dropped: [] })
  }

  #announce(change: PolicyChange): void {
    for (const listener of this.#listeners) {
      try {
        listener(this.#base.state, change)
      } catch (error) {
        this.#options.log.error('A listener to policy changes failed', error)
      }
    }
  }
}

async function start(
  places: readonly Place[],
  embedded: Embedded,
  clock: Clock,
): Promise<{ base: Base; key: string }> {
  let seen = await look(places)
  // Old files are whole; one that is being written is looked at until it stands still.
  while (await isFresh(places, clock.now())) {
    await clock.sleep(STILL_MS)
    const again = await look(places)
    if (again.key === seen.key) break
    seen = again
  }
  const loaded = await loadLook(seen, places, embedded)
  if (loaded.set === undefined) throw invalid(loaded.faults)
  return { base: { state: stateOf(loaded.set, loaded, clock.now()), loaded }, key: seen.key }
}

/** Losing every file at run time would fall to the built-in default: the last good set stays (F16). */
function lossFaults(
  base: Base,
  seen: Look,
  { dir, file, bundle }: PolicyFilesOptions,
): readonly Fault[] {
  const isLost = (is: (one: { file: string; layer: string }) => boolean) =>
    base.loaded.sources.some(is) && !seen.texts.some(is)
  const stays = 'the last good policies stay in force'
  const isBundled = ({ file }: { file: string }) => file.startsWith(`${bundle?.path}/`)
  return [
    ...(isLost(isOwnFile) ? [faultAt(file ?? dir, `All policy files are gone: ${stays}`)] : []),
    // One that is refused is there, and has its fault.
    ...(isLost(isBundled) && !seen.faults.some(({ file }) => file === bundle?.path)
      ? [faultAt(bundle!.path, `The bundle is gone: ${stays}`)]
      : []),
  ]
}

function isOwnFile({ file, layer }: { readonly file: string; readonly layer: string }): boolean {
  return layer === 'user' && !file.startsWith('builtin:')
}

function placesOf(
  { dir, file, overlay, managedDir, bundle, checkOwners }: PolicyFilesOptions,
): readonly Place[] {
  const owner = (who: 'self' | 'root') => checkOwners === false ? 'unchecked' : who
  return [
    ...(managedDir === undefined
      ? []
      : [{ kind: 'directory', path: managedDir, layer: 'managed', owner: owner('root') } as const]),
    ...(bundle === undefined
      ? []
      : [{ kind: 'bundle', layer: 'managed', owner: owner('self'), ...bundle } as const]),
    file === undefined
      ? { kind: 'directory', path: dir, layer: 'user', owner: owner('self') }
      : { kind: 'file', path: file, layer: 'user', owner: owner('self') },
    ...(file === undefined || overlay !== true
      ? []
      : [{ kind: 'overlay', path: dir, layer: 'user', owner: owner('self') } as const]),
  ]
}

function embeddedOf({ builtins, profile: given, parses }: PolicyFilesOptions): Embedded {
  if (given !== undefined && !Object.hasOwn(builtins, given)) {
    throw new RampartError('config_invalid', `There is no built-in profile "${given}"`)
  }
  return { builtins, profile: given ?? 'standard', parses }
}

function stateOf(set: PolicySet, { sources, extended }: Loaded, loadedAt: number): PolicyState {
  return { set, faults: [], loadedAt, files: [...sources.map(({ file }) => file), ...extended] }
}

function invalid(faults: readonly Fault[]): RampartError {
  return new RampartError('policy_invalid', 'The policies are invalid', {
    errors: faults.map(({ file, line, col, message }) => ({
      pointer: '',
      detail: `${file}:${line}:${col}: ${message}`,
    })),
  })
}
