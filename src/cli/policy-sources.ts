import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { openPolicyFiles, type PolicyFilesOptions } from '../adapters/policy-files.ts'
import { type Loaded, loadLook } from '../adapters/policy-load.ts'
import { type Look, look, type Place, POLICY_BYTES } from '../adapters/policy-read.ts'
import { readSmall } from '../adapters/safe-read.ts'
import type { TrustedKey } from '../bundle/signature.ts'
import { POLICIES } from '../embedded/policies.ts'
import type { ParseStore, PolicyText } from '../engine/assemble.ts'
import { RampartError } from '../errors.ts'
import type { Clock, FactReader, Log, PolicySource } from '../ports.ts'
import { BUILTINS, builtinsFor, type OwnPlaces, withBuiltins } from './builtins.ts'
import type { BundleValues } from './bundle/settings.ts'
import { type Environment, loadConfig, places } from './config.ts'
import { readServerFile } from './server-file.ts'

export const MANAGED_POLICIES = '/etc/rampart/policies'
const DEFAULT_PROFILE = 'standard'

/** Refuse a name that is no built-in profile, with those there are. */
export function checkProfile(name: string): void {
  const known = Object.keys(POLICIES).filter((one) => one !== 'self-protection')
  if (known.includes(name)) return
  throw new RampartError('usage', `Unknown profile "${name}": one of ${known.join(', ')}`)
}

/** Which bundle may be in force. */
export type BundleChoice = Pick<BundleValues, 'bundle.url' | 'bundle.keys'>

export interface PolicyChoice {
  /** Where we answer; absent for who asks beside a server, which then says so itself. */
  readonly own?: Pick<OwnPlaces, 'ports' | 'origins'> | undefined
  /** One file instead of the state directory's. */
  readonly policy?: string | undefined
  readonly profile?: string | undefined
  /** The person's own rules beside that one file, too. */
  readonly overlay?: boolean | undefined
  /** The settings of the bundle that is followed; read from config.yaml where they are not given. */
  readonly bundle?: BundleChoice | undefined
  /** The profile even where there are files: what `test --profile` asks for. */
  readonly alone?: boolean
}

/** The policies as `serve` loads them; a one-shot command does not follow their changes. */
export async function openPolicies(
  environment: Environment,
  choice: PolicyChoice,
  ports: { readonly clock: Clock; readonly log: Log; readonly facts: FactReader },
  watch: boolean,
  parses?: ParseStore,
): Promise<PolicySource> {
  return await openPolicyFiles({
    ...await filesOf(environment, choice, ports, parses),
    watch,
    bundle: await bundleOf(environment, choice.bundle),
  })
}

/** What a bundle's policies would be in force with, in the words of `openPolicyFiles`. */
export async function filesOf(
  environment: Environment,
  choice: PolicyChoice,
  ports: { readonly clock: Clock; readonly log: Log; readonly facts: FactReader },
  parses?: ParseStore,
): Promise<PolicyFilesOptions> {
  if (choice.profile !== undefined) checkProfile(choice.profile)
  const { policies, run } = places(environment.home)
  const own = { home: environment.home, ...choice.own ?? await running(environment.home) }
  const builtins = builtinsFor(own)
  return {
    ...ports,
    parses: withBuiltins(own, parses, builtins),
    // A directory that is never there: the profile alone is meant.
    dir: choice.alone === true ? join(run, 'no-policies') : policies,
    file: choice.policy === undefined ? undefined : resolve(choice.policy),
    overlay: choice.overlay,
    managedDir: MANAGED_POLICIES,
    builtins,
    profile: choice.profile,
    projectPolicies: !environment.noProjectPolicy,
  }
}

/** The bundle that counts: without a source none does, whatever lies there. */
async function bundleOf(
  environment: Environment,
  given: BundleChoice | undefined,
): Promise<{ path: string; keys: readonly TrustedKey[] } | undefined> {
  const { bundle: path } = places(environment.home)
  // A command that runs once reads no config.yaml for a bundle that is not there.
  if (given === undefined && !existsSync(path)) return undefined
  const values = given ??
    (await loadConfig(environment, { serving: false, flags: new Map() })).values
  if (values['bundle.url'] === undefined) return undefined
  const { readKeys } = await import('../adapters/bundle-keys.ts')
  return { path, keys: await readKeys(values['bundle.keys']) }
}

/** Where the server of a state directory says that it answers. */
async function running(home: string): Promise<Pick<OwnPlaces, 'ports' | 'origins'>> {
  const url = (await readServerFile(home))?.url
  return url !== undefined && URL.canParse(url) ? ownPlaces(url) : { ports: [], origins: [] }
}

/** What self-protection names of the address that is listened on, and of that which people are given. */
export function ownPlaces(
  url: string,
  publicUrl?: string,
): Pick<OwnPlaces, 'ports' | 'origins'> {
  const listened = new URL(url)
  const origins = LOOPBACK.test(listened.hostname) ? [] : [listened.host]
  if (publicUrl !== undefined) origins.push(new URL(publicUrl).host)
  return { ports: [Number(listened.port || 80)], origins }
}

/** Names that stand in self-protection already. */
const LOOPBACK = /^(?:127\..*|localhost|0\.0\.0\.0|\[::1?\])$/

const EMBEDDED = {
  builtins: BUILTINS,
  profile: DEFAULT_PROFILE,
  parses: withBuiltins(undefined),
}

/** Everything wrong with what `serve` would load from a state directory. */
export async function lintHome(environment: Environment): Promise<Loaded> {
  const { home } = environment
  const bundle = await bundleOf(environment, undefined)
  const wanted: Place[] = [
    { kind: 'directory', path: MANAGED_POLICIES, layer: 'managed', owner: 'root' },
    ...(bundle === undefined
      ? []
      : [{ kind: 'bundle', layer: 'managed', owner: 'self', ...bundle } as const]),
    { kind: 'directory', path: places(home).policies, layer: 'user', owner: 'self' },
  ]
  return await loadLook(await look(wanted), wanted, EMBEDDED)
}

/** Everything wrong with one text, read by the schema of its layer. */
export async function lintText(text: PolicyText): Promise<Loaded> {
  const seen: Look = { texts: [text], faults: [], files: [text.file], key: '' }
  return await loadLook(seen, [], EMBEDDED)
}

/** One file by its name's place: the overlay, a project's, a managed one, or a user's. */
export async function readPolicyFile(path: string): Promise<PolicyText> {
  const read = await readSmall(path, { limit: POLICY_BYTES, followLinks: true })
  if (read.text === undefined) {
    throw new RampartError('policy_invalid', `Cannot read ${path}: ${read.detail}`)
  }
  return { file: path, layer: layerOf(resolve(path)), text: read.text }
}

function layerOf(path: string): PolicyText['layer'] {
  if (dirname(path) === MANAGED_POLICIES) return 'managed'
  if (basename(path) === 'policy.yaml' && basename(dirname(path)) === '.rampart') return 'project'
  const overlay = basename(path) === 'user.yaml' && basename(dirname(path)) === 'policies'
  return overlay ? 'overlay' : 'user'
}
