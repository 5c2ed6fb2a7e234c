import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { systemClock } from '../../adapters/clock.ts'
import { RampartError } from '../../errors.ts'
import { startDetached } from '../background.ts'
import { type Environment, serverEnvironment } from '../config.ts'
import { isServed, readServerFile } from '../server-file.ts'
import { ownProgram } from '../setup/program.ts'
import { safeDirectory, type Target } from '../setup/place.ts'
import { HOSTS } from '../../setup/hosts.ts'
import { readSettings, removeSettings, writeSettings } from '../setup/settings-file.ts'
import { launchdUnit, systemdUnit, type Unit } from './units.ts'

/** How the server is kept running. */
export const SERVICES = ['systemd', 'launchd', 'background'] as const
export type ServiceName = typeof SERVICES[number]

interface Row {
  readonly name: ServiceName
  readonly isHere: (environment: Environment) => boolean
  readonly unit?: (environment: Environment) => Unit
}

/** The first that is here is taken. */
const ROWS: readonly Row[] = [
  {
    name: 'systemd',
    // Its manager of this person runs: its private socket is there.
    isHere: ({ variable }) => {
      const runtime = variable('XDG_RUNTIME_DIR')
      return process.platform === 'linux' && runtime !== undefined &&
        existsSync(join(runtime, 'systemd', 'private'))
    },
    unit: (environment) => systemdUnit(environment, commandOf(environment)),
  },
  {
    name: 'launchd',
    isHere: () => process.platform === 'darwin',
    unit: (environment) => launchdUnit(environment, commandOf(environment)),
  },
  { name: 'background', isHere: () => true },
]

function commandOf({ home }: Environment) {
  const argv = [ownProgram(home), 'serve', '--home', home]
  return { argv, uid: process.getuid?.() ?? 0 }
}

const rowOf = (environment: Environment, name: ServiceName | undefined): Row =>
  ROWS.find((row) => name === undefined ? row.isHere(environment) : row.name === name)!

export interface Served {
  /** `already`: it was running, however it was started. */
  readonly how: ServiceName | 'already'
  readonly url: string
}

const PATIENCE_MS = 15_000
const LOOK_MS = 10

/** What would be written and run; nothing is. */
export function plannedService(
  environment: Environment,
  name?: ServiceName,
): { readonly how: ServiceName | 'already'; readonly unit?: Unit } {
  if (isServed(environment.home)) return { how: 'already' }
  const row = rowOf(environment, name)
  const unit = row.unit?.(environment)
  return { how: row.name, ...(unit === undefined ? {} : { unit }) }
}

/**
 * Have a server run for the state directory, now and (where a service manager is) after the next login.
 * Resolves once it answers.
 *
 * @throws RampartError with what the service manager, or the server, said.
 */
export async function startService(
  environment: Environment,
  name?: ServiceName,
): Promise<Served> {
  const { home } = environment
  const { how, unit } = plannedService(environment, name)
  if (how === 'already') return { how, url: (await answering(home)).url }
  if (unit === undefined) {
    const { url } = await startDetached(home, [], serverEnvironment(home))
    return { how, url }
  }
  const target = targetOf(unit)
  await safeDirectory(target, true)
  const before = await readSettings(unit.path)
  const content = new TextEncoder().encode(unit.text)
  await writeSettings({ path: unit.path, content, mode: 0o600, before })
  for (const argv of unit.start) must(argv)
  return { how, url: (await answering(home)).url }
}

/** End what `startService` began. Resolves with the unit that went, if there was one. */
export async function stopService(environment: Environment): Promise<string | undefined> {
  for (const row of ROWS) {
    const unit = row.unit?.(environment)
    if (unit === undefined) continue
    const now = await readSettings(unit.path).catch(() => undefined)
    if (now?.text.includes('Made by rampart protect') !== true) continue
    for (const argv of unit.stop) spawnSync(argv[0]!, argv.slice(1), { stdio: 'ignore' })
    await removeSettings(unit.path, now)
    return unit.path
  }
  return undefined
}

/** Ownership of the directories above is judged as for settings files. */
function targetOf({ path }: Unit): Target {
  const [host] = HOSTS
  return { host: host!, plan: host!.user.plans[0]!, path, base: dirname(dirname(dirname(path))) }
}

function must(argv: readonly string[]): void {
  const { status, stderr, error } = spawnSync(argv[0]!, argv.slice(1), { encoding: 'utf8' })
  if (status === 0) return
  const said = error?.message ?? stderr.trim()
  throw new RampartError('unavailable', `"${argv.join(' ')}" failed: ${said}`)
}

async function answering(home: string): Promise<{ readonly url: string }> {
  const clock = systemClock()
  const deadline = clock.monotonic() + PATIENCE_MS
  for (;;) {
    const server = isServed(home) ? await readServerFile(home) : undefined
    if (server !== undefined) return server
    if (clock.monotonic() > deadline) {
      throw new RampartError('unavailable', `No server answered on ${home} in time`)
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
