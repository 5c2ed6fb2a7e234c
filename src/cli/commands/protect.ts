import { RampartError } from '../../errors.ts'
import type { Host } from '../../setup/hosts.ts'
import { type Invocation, textFlag } from '../command.ts'
import { safe } from '../output.ts'
import { plannedService, type ServiceName, startService } from '../service/service.ts'
import { callFor, hostNamed, plannedCall } from '../setup/hosts.ts'
import { install, plannedInstall } from '../setup/install.ts'
import { targetsOf } from '../setup/place.ts'
import { prepareProgram } from '../setup/program.ts'
import { trustIn } from '../setup/trust.ts'
import { AT_ONCE, type Verified, verifyHost, whatIsKnown } from '../verify/check.ts'
import { detect, type Detected } from '../verify/detect.ts'
import { inTurn } from '../verify/in-turn.ts'
import { verifyHttp } from '../verify/http.ts'
import { isFine, printVerified, verifiedJson } from '../verify/print.ts'
import { adminToken, prepareState } from '../state.ts'

const USER = { kind: 'user' } as const

/** Set up every agent of this machine, have a server run, and show that both hold: 0 all well, 1 something failed. */
export async function run(invocation: Invocation): Promise<number> {
  const { environment, flags, operands, out } = invocation
  const found: Detected[] = operands.length > 0
    ? operands.map((word) => ({ host: hostNamed(word), why: 'named' }))
    : detect(environment)
  if (flags.has('dry-run')) return await show(found, invocation)
  if (found.length === 0) {
    throw new RampartError(
      'not_found',
      'No agent is on this machine: name one, such as claude-code',
    )
  }
  for (const warning of await prepareState(environment.home)) out.note(safe`${warning}`)
  await adminToken(environment.home)
  await prepareProgram(environment.home)
  const [failed, { how, url }] = await both(
    settled(found, invocation),
    startService(environment, serviceFlag(invocation)),
  )
  const [hosts, http] = await Promise.all([
    verified(found, failed, invocation),
    verifyHttp(invocation),
  ])
  if (out.json) out.data({ ...verifiedJson(hosts, http) as object, service: how, url })
  else {
    printVerified(hosts, http, out)
    out.line(safe`  ${out.paint('green', 'ok')}    runs                    ${url} (${how})`)
    out.line(safe`Undo all of it: rampart uninstall`)
  }
  return isFine(hosts, http) ? 0 : 1
}

/** As `Promise.all`, which would leave one of them at work when the other fails. */
async function both<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other])
  return [await one, await other]
}

/** One after the other, for they share a lock; an agent that cannot be set up does not keep the others from it. */
async function settled(
  found: readonly Detected[],
  invocation: Invocation,
): Promise<ReadonlyMap<Host, string>> {
  const { environment } = invocation
  const failed = new Map<Host, string>()
  for (const { host } of found) {
    try {
      const targets = targetsOf(host, USER, environment)
      await install(environment.home, targets, await callFor(host, invocation))
      await trustIn(host, USER, environment)
    } catch (error) {
      if (!(error instanceof RampartError)) throw error
      failed.set(host, error.message)
    }
  }
  return failed
}

async function verified(
  found: readonly Detected[],
  failed: ReadonlyMap<Host, string>,
  invocation: Invocation,
): Promise<Verified[]> {
  const known = await whatIsKnown(invocation)
  return await inTurn(found, AT_ONCE, async ({ host }): Promise<Verified> => {
    const detail = failed.get(host)
    if (detail === undefined) return await verifyHost(host, invocation, known)
    return { host, checks: [{ id: 'config', status: 'failed', detail }] }
  })
}

async function show(found: readonly Detected[], invocation: Invocation): Promise<number> {
  const { environment, out } = invocation
  const service = plannedService(environment, serviceFlag(invocation))
  const hosts = await Promise.all(found.map(async ({ host, why }) => ({
    host: host.name,
    found: why,
    files: (await plannedInstall(
      targetsOf(host, USER, environment),
      await plannedCall(host, invocation),
    )).map(({ target, kind }) => ({ path: target.path, change: kind })),
  })))
  const { how, unit } = service
  if (out.json) out.data({ hosts, service: how, unit: unit?.path ?? null })
  else {
    for (const { host, found: why, files } of hosts) {
      out.line(safe`${out.paint('bold', host)}  found by ${why}`)
      for (const { path, change } of files) out.line(safe`  ${change}  ${path}`)
    }
    out.line(safe`${out.paint('bold', 'server')}  ${how}`)
    if (unit !== undefined) out.line(safe`  write  ${unit.path}`)
    for (const argv of unit?.start ?? []) out.line(safe`  run    ${argv.join(' ')}`)
  }
  return 0
}

const serviceFlag = (invocation: Invocation) =>
  textFlag(invocation, 'service') as ServiceName | undefined
