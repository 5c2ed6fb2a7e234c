import { RampartError } from '../../errors.ts'
import { HOSTS } from '../../setup/hosts.ts'
import type { Invocation } from '../command.ts'
import { type Output, safe } from '../output.ts'
import { plannedStop, stopService } from '../service/service.ts'
import type { Change } from '../setup/change.ts'
import { plannedRemoval, uninstall } from '../setup/install.ts'
import { targetsOf } from '../setup/place.ts'
import { forgetTrust } from '../setup/trust.ts'
import { run as stop } from './serve-stop.ts'

const USER = { kind: 'user' } as const

/**
 * Take the hooks out of all agents, then end the server. A hook that could not be taken out keeps its server:
 * without one it would deny, or let pass, whatever is asked. 0 all undone, 1 not.
 */
export async function run(invocation: Invocation): Promise<number> {
  const { environment: { home }, flags, out } = invocation
  const isDry = flags.has('dry-run')
  const { done, failed } = await removed(invocation, isDry)
  const stopping = isDry ? plannedStop : stopService
  const unit = failed.length > 0 ? undefined : await stopping(invocation.environment)
  if (!isDry && failed.length === 0) await stop({ ...invocation, out: silent(out) })
  if (out.json) {
    const files = done.map(({ target, kind }) => ({ path: target.path, change: kind }))
    out.data({ dry_run: isDry, files, failed, unit: unit ?? null, kept: home })
  } else {
    for (const { target, kind } of done) out.line(safe`  ${kind}  ${target.path}`)
    if (unit !== undefined) out.line(safe`  delete  ${unit}`)
    for (const why of failed) out.note(safe`${why}`)
    if (failed.length > 0) out.note(safe`The server runs on, for the hooks that are left`)
    else if (!isDry) {
      out.line(safe`No agent asks Rampart any more. Policies and trail stay in ${home}`)
    }
  }
  return failed.length === 0 ? 0 : 1
}

async function removed(
  { environment }: Invocation,
  isDry: boolean,
): Promise<{ readonly done: readonly Change[]; readonly failed: readonly string[] }> {
  const done: Change[] = []
  const failed: string[] = []
  for (const host of HOSTS) {
    try {
      const targets = targetsOf(host, USER, environment)
      if (!isDry) await forgetTrust(host, USER, environment)
      const changes = await (isDry ? plannedRemoval : uninstall)(environment.home, targets)
      done.push(...changes.filter(({ kind }) => kind !== 'none'))
    } catch (error) {
      if (!(error instanceof RampartError)) throw error
      failed.push(error.message)
    }
  }
  return { done, failed }
}

const silent = (out: Output): Output => ({ ...out, json: false, line: () => {}, data: () => {} })
