import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { systemClock } from '../../adapters/clock.ts'
import { RampartError } from '../../errors.ts'
import { startDetached } from '../background.ts'
import { type Environment, serverEnvironment, unitEnvironment } from '../config.ts'
import { isServed, readServerFile } from '../server-file.ts'
import { ownProgram } from '../setup/program.ts'
import { isPut, putUnit, takeUnit } from './unit-file.ts'
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
    // Its manager of this person runs (its private socket is there), and answers.
    isHere: ({ variable }) => {
      const runtime = variable('XDG_RUNTIME_DIR')
      return process.platform === 'linux' && runtime !== undefined &&
        existsSync(join(runtime, 'systemd', 'private')) &&
        faultOf(['systemctl', '--user', 'show', '--property=Version']) === undefined
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
  return { argv, env: unitEnvironment(), uid: process.getuid?.() ?? 0 }
}

const rowOf = (environment: Environment, name: ServiceName | undefined): Row =>
  ROWS.find((row) => name === undefined ? row.isHere(environment) : row.name === name)!

export interface Served {
  /** `already`: it was running, however it was started. */
  readonly how: ServiceName | 'already'
  readonly url: string
}

/** One that ends is heard of at once; on a busy machine one that lives may take its time. */
const PATIENCE_MS = 60_000
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
 * Resolves once it answers. What could not be started leaves no unit behind.
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
  await putUnit(home, unit)
  try {
    for (const argv of unit.start) must(argv)
    return { how, url: (await answering(home)).url }
  } catch (error) {
    await stopped(home, unit)
    throw error
  }
}

/** The unit that `stopService` would take away, if there is one. */
export async function plannedStop(environment: Environment): Promise<string | undefined> {
  return (await ours(environment))?.path
}

/** End what `startService` began. Resolves with the unit that went, if there was one. */
export async function stopService(environment: Environment): Promise<string | undefined> {
  const unit = await ours(environment)
  if (unit === undefined) return undefined
  await stopped(environment.home, unit)
  return unit.path
}

async function ours(environment: Environment): Promise<Unit | undefined> {
  for (const row of ROWS) {
    const unit = row.unit?.(environment)
    if (unit !== undefined && await isPut(unit)) return unit
  }
  return undefined
}

/** A manager that is gone meanwhile runs nothing: what it says is not asked for. */
async function stopped(home: string, unit: Unit): Promise<void> {
  for (const argv of unit.stop) faultOf(argv)
  await takeUnit(home, unit)
  for (const argv of unit.gone) faultOf(argv)
}

function must(argv: readonly string[]): void {
  const fault = faultOf(argv)
  if (fault === undefined) return
  throw new RampartError('unavailable', `"${argv.join(' ')}" failed: ${fault}`)
}

/** What a command ended with where that was no success. */
function faultOf(argv: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(argv[0]!, argv.slice(1), {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status === 0) return undefined
  return error?.message ?? (stderr.trim() === '' ? `it ended with ${status}` : stderr.trim())
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
