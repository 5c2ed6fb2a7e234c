import { type Host, HOSTS } from '../../setup/hosts.ts'
import { commandsBeside } from '../../setup/merge.ts'
import { isOurs, wordsOf } from '../../setup/command-line.ts'
import type { Invocation } from '../command.ts'
import { callFor } from '../setup/hosts.ts'
import { plannedInstall } from '../setup/install.ts'
import { targetsOf } from '../setup/place.ts'
import { readSettings } from '../setup/settings-file.ts'
import { isTrustedIn } from '../setup/trust.ts'
import { detect, type Detected, setUp } from '../verify/detect.ts'
import { installedHooks } from '../verify/installed.ts'
import { isExecutable } from '../wrap/program.ts'
import { type Finding, finding, ok } from './finding.ts'
import { switchFindings } from './switches.ts'

const USER = { kind: 'user' } as const

/** What silently takes the hooks of agents out of force, host by host. */
export async function hookFindings(
  invocation: Invocation,
  root: string | undefined,
): Promise<Finding[]> {
  const { environment } = invocation
  const hosts = await setUp(environment)
  const bare = detect(environment).filter(({ host }) => !hosts.includes(host))
  const found = await Promise.all(hosts.map((host) => ofHost(host, invocation, root)))
  return [
    ...found.flat(),
    ...(await Promise.all(bare.map((one) => ofBare(one, invocation)))).flat(),
  ]
}

/** An agent without hooks of ours, or whose settings nobody can read: the host reads none in them, either. */
async function ofBare({ host, why }: Detected, invocation: Invocation): Promise<Finding[]> {
  const found = await settingsFindings(host, invocation)
  const unreadable = found.filter(({ fix }) => fix?.startsWith('mend') === true)
  const fix = `rampart setup ${host.name}`
  return unreadable.length > 0
    ? unreadable
    : [finding(host.name, 'warn', `${why} is here, and asks nobody`, fix)]
}

async function ofHost(
  host: Host,
  invocation: Invocation,
  root: string | undefined,
): Promise<Finding[]> {
  const found = [
    ...await settingsFindings(host, invocation),
    ...await switchFindings(host, invocation.environment, root),
    ...await besideFindings(host, invocation),
    ...await trustFindings(host, invocation),
  ]
  return found.length > 0
    ? found
    : [ok(host.name, 'its hooks are there and nothing is against them')]
}

async function settingsFindings(host: Host, invocation: Invocation): Promise<Finding[]> {
  const targets = targetsOf(host, USER, invocation.environment)
  const fix = `rampart setup ${host.name}`
  const gone = (await installedHooks(targets)).flatMap(({ path, command }) => {
    const program = programOf(command)
    if (program === undefined || isExecutable(program)) return []
    const detail = `${path} names ${program}, which is not there: its host may let every call run`
    return [finding(host.name, 'bad', detail, fix)]
  })
  if (gone.length > 0) return gone
  try {
    const changes = await plannedInstall(targets, await callFor(host, invocation))
    return changes.filter(({ kind }) => kind !== 'none').map(({ target }) =>
      finding(host.name, 'bad', `${target.path} is not as setup writes it`, fix)
    )
  } catch (error) {
    return [finding(host.name, 'bad', (error as Error).message, `mend it, then ${fix}`)]
  }
}

/** The first word that is no assignment. */
function programOf(command: string | readonly string[]): string | undefined {
  const words = typeof command === 'string' ? wordsOf(command) : command
  return words.find((word) => !/^\w+=/.test(word))
}

/** Hooks of others at the same event: they see, and with some hosts may change, what ours judged. */
async function besideFindings(host: Host, { environment }: Invocation): Promise<Finding[]> {
  const found = await Promise.all(
    targetsOf(host, USER, environment).map(async ({ path, plan }) => {
      if (plan.kind === 'own') return []
      const read = await readSettings(path).catch(() => undefined)
      if (read === undefined) return []
      const others = commandsBeside(read.text).filter((command) =>
        HOSTS.every(({ name }) => !isOurs(command, name))
      )
      return others.map((command) =>
        finding(
          host.name,
          'note',
          `${path} runs "${command}" beside ours: it may change what ours let pass`,
        )
      )
    }),
  )
  return found.flat()
}

async function trustFindings(host: Host, { environment }: Invocation): Promise<Finding[]> {
  const trust = await isTrustedIn(host, USER, environment)
  if (trust === undefined || trust.state === 'trusted') return []
  const status = trust.state === 'untrusted' ? 'bad' : 'warn'
  return [finding(host.name, status, trust.why, 'rampart setup codex, or /hooks in codex')]
}
