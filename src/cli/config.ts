import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { RampartError } from '../errors.ts'
import { type Setting, type SettingKey, SETTINGS, type SettingValues } from './settings.ts'

/** Everything we take from the process's environment, read once, here and nowhere else. */
export interface Environment {
  readonly home: string
  /** The home directory of the person. */
  readonly userHome: string
  /** Any variable, for the places of other programs: an empty one counts as absent. */
  readonly variable: (name: string) => string | undefined
  /** `RAMPART_*` that settings may come from, by name. */
  readonly variables: Readonly<Record<string, string>>
  readonly url: string | undefined
  readonly socket: string | undefined
  readonly token: string | undefined
  readonly noProjectPolicy: boolean
  readonly noColour: boolean
  /** A terminal that moves no cursor. */
  readonly isDumb: boolean
  readonly debug: boolean
  readonly withHome: (home: string) => Environment
}

export function readEnvironment(): Environment {
  return environmentOf(process.env, homedir())
}

/** The environment in our words; an empty variable counts as absent. */
export function environmentOf(
  env: Readonly<Record<string, string | undefined>>,
  userHome: string,
): Environment {
  const variables = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] =>
      entry[0].startsWith('RAMPART_') && entry[1] !== undefined && entry[1] !== ''
    ),
  )
  return {
    home: resolve(variables.RAMPART_HOME ?? join(userHome, '.rampart')),
    userHome,
    variable: (name) => env[name] === '' ? undefined : env[name],
    variables,
    url: variables.RAMPART_URL,
    socket: variables.RAMPART_SOCKET,
    token: variables.RAMPART_TOKEN,
    noProjectPolicy: ['1', 'true', 'yes'].includes(variables.RAMPART_NO_PROJECT_POLICY ?? ''),
    noColour: (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb',
    isDumb: env.TERM === 'dumb',
    debug: variables.RAMPART_DEBUG !== undefined && variables.RAMPART_DEBUG !== '0',
    withHome: (home) => environmentOf({ ...env, RAMPART_HOME: home }, userHome),
  }
}

/** All variables of this process: those that hold secrets are kept out of the trail by value. */
export function ownVariables(): Readonly<Record<string, string | undefined>> {
  return process.env
}

/** The environment that a server in the background needs, and nothing more (security.md F37). */
export function serverEnvironment(home: string): Record<string, string> {
  const kept = [
    'PATH',
    'HOME',
    'LANG',
    'LC_ALL',
    'TZ',
    'TMPDIR',
    'SystemRoot',
    'NO_COLOR',
    'PGPASSWORD',
  ]
  const own = [
    'RAMPART_MODE',
    'RAMPART_FAIL_OPEN',
    'RAMPART_SOCKET',
    'RAMPART_DEBUG',
    'RAMPART_STORE',
  ]
  return { ...variablesOf([...kept, ...own]), RAMPART_HOME: home }
}

/** The same for a server that outlives this session: what was said of this run alone does not stay. */
export function unitEnvironment(): Record<string, string> {
  return variablesOf(['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'RAMPART_SOCKET'])
}

/** What a command that is executed here gets of this process's environment. */
export function commandEnvironment(home: string, more: readonly string[]): Record<string, string> {
  const kept = ['PATH', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR']
  return { ...variablesOf([...kept, ...more]), HOME: home, TERM: 'dumb' }
}

function variablesOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  }))
}

/** The bundle in force, in its directory. */
export const ACTIVE_BUNDLE = 'active.tar'

/** Places under the state directory (contract.md, Files). */
export function places(home: string): Readonly<
  Record<
    | 'policies'
    | 'overlay'
    | 'config'
    | 'token'
    | 'database'
    | 'audit'
    | 'keys'
    | 'fleet'
    | 'node'
    | 'webhookKey'
    | 'linkKey'
    | 'storePassword'
    | 'store'
    | 'cacheKey'
    | 'cache'
    | 'lib'
    | 'run'
    | 'server'
    | 'socket'
    | 'bundles'
    | 'bundle',
    string
  >
> {
  return {
    policies: join(home, 'policies'),
    bundles: join(home, 'bundles'),
    bundle: join(home, 'bundles', ACTIVE_BUNDLE),
    overlay: join(home, 'policies', 'user.yaml'),
    config: join(home, 'config.yaml'),
    token: join(home, 'token'),
    database: join(home, 'rampart.db'),
    audit: join(home, 'audit'),
    keys: join(home, 'keys'),
    fleet: join(home, 'fleet'),
    node: join(home, 'node'),
    webhookKey: join(home, 'keys', 'webhook.key'),
    linkKey: join(home, 'keys', 'link.key'),
    storePassword: join(home, 'keys', 'store.password'),
    /** What the state is shared through since a server last ran with a store. */
    store: join(home, 'run', 'store'),
    cacheKey: join(home, 'keys', 'cache.key'),
    cache: join(home, 'cache'),
    lib: join(home, 'lib'),
    run: join(home, 'run'),
    server: join(home, 'run', 'serve.json'),
    socket: join(home, 'run', 'rampart.sock'),
  }
}

/** Where a value came from, as `config show` says it. */
export type Origin =
  | { readonly from: 'flag' | 'environment'; readonly name: string }
  | { readonly from: 'file'; readonly name: string; readonly line: number }
  | { readonly from: 'default' }

export interface Config {
  readonly values: SettingValues
  readonly origins: Readonly<Record<SettingKey, Origin>>
  /** Variables that are set but not heeded, with the reason. */
  readonly ignored: readonly { readonly name: string; readonly why: string }[]
}

export interface FileSettings {
  readonly values: Partial<Record<SettingKey, unknown>>
  readonly lines: Partial<Record<SettingKey, number>>
}

/**
 * Settle every setting: flag, then environment, then config.yaml, then the default. Only `serve` takes
 * the mode and the failure posture from the environment (security.md F5): there a person starts it;
 * everywhere else an agent may have set the variables.
 */
export async function loadConfig(
  environment: Environment,
  options: {
    readonly serving: boolean
    readonly flags: ReadonlyMap<string, string | true>
  },
): Promise<Config> {
  const path = places(environment.home).config
  // Only a file that is there costs a YAML parser.
  const file: FileSettings = existsSync(path)
    ? await import('./config-file.ts').then(({ readConfigFile }) => readConfigFile(path))
    : { values: {}, lines: {} }
  return settle(environment, file, path, options)
}

function settle(
  environment: Environment,
  file: FileSettings,
  path: string,
  { serving, flags }: {
    readonly serving: boolean
    readonly flags: ReadonlyMap<string, string | true>
  },
): Config {
  const rows: [string, Setting<unknown>][] = Object.entries(SETTINGS)
  const values: Record<string, unknown> = {}
  const origins: Record<string, Origin> = {}
  const ignored: { name: string; why: string }[] = []
  for (const [key, setting] of rows) {
    const flag = setting.flag === undefined ? undefined : flags.get(setting.flag)
    const variable = setting.env === undefined ? undefined : environment.variables[setting.env]
    const heeded = serving || !setting.serveOnly
    if (variable !== undefined && !heeded) {
      ignored.push({ name: setting.env!, why: 'only `serve` takes it from the environment' })
    }
    if (flag !== undefined) {
      values[key] = read(`--${setting.flag}`, setting, setting.read, flag)
      origins[key] = { from: 'flag', name: `--${setting.flag}` }
    } else if (variable !== undefined && heeded) {
      values[key] = read(setting.env!, setting, setting.readEnv ?? setting.read, variable)
      origins[key] = { from: 'environment', name: setting.env! }
    } else if (Object.hasOwn(file.values, key)) {
      values[key] = file.values[key as SettingKey]
      origins[key] = { from: 'file', name: path, line: file.lines[key as SettingKey] ?? 1 }
    } else {
      values[key] = setting.fallback
      origins[key] = { from: 'default' }
    }
  }
  return {
    values: values as unknown as SettingValues,
    origins: origins as Config['origins'],
    ignored,
  }
}

function read<T>(
  name: string,
  { secret }: Setting<T>,
  reader: (value: unknown) => T,
  value: string | true,
): T {
  try {
    return reader(value)
  } catch (error) {
    const given = secret === true ? name : `${name} "${value}"`
    throw new RampartError('config_invalid', `${given}: ${(error as Error).message}`)
  }
}

/** Where the trail is. */
export function auditDirectory(home: string, { values }: Config): string {
  return values.audit_dir === undefined ? places(home).audit : resolve(values.audit_dir)
}

/** Files of ours that must be known by any other name they get (security.md F34). */
export function protectedPaths(home: string): string[] {
  const { token, config, policies, bundles, database, keys, cache } = places(home)
  return [token, config, policies, bundles, database, keys, cache]
}
