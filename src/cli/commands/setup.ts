import process from 'node:process'
import { Buffer } from 'node:buffer'
import { RampartError } from '../../errors.ts'
import type { Host } from '../../setup/hosts.ts'
import type { Invocation } from '../command.ts'
import { type Output, safe } from '../output.ts'
import type { Change } from '../setup/change.ts'
import { changedLines } from '../setup/diff.ts'
import { callFor, hostNamed, plannedCall, scopeOf } from '../setup/hosts.ts'
import { install, plannedInstall, plannedRemoval, uninstall } from '../setup/install.ts'
import { type Scope, targetsOf } from '../setup/place.ts'
import { prepareProgram } from '../setup/program.ts'
import type { Trust } from '../setup/codex-trust.ts'
import { forgetTrust, trustIn } from '../setup/trust.ts'

/** 0 done (or, for `--check`, all as it should be), 1 something is missing or stale, 3 nothing could be changed. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, flags, out } = invocation
  const chosen = ['remove', 'check', 'dry-run'].filter((name) => flags.has(name))
  if (flags.has('check') && chosen.length > 1) {
    throw new RampartError('usage', '--check stands alone')
  }
  const scope = await scopeOf(invocation, process.cwd())
  const results = []
  for (const host of operands.map(hostNamed)) {
    results.push(await one(host, scope, invocation))
  }
  if (out.json) out.data({ hosts: results.map(asJson) })
  else for (const result of results) print(result, flags, out)
  if (!flags.has('check')) return 0
  return results.every((result) => result.changes.every(({ kind }) => kind === 'none')) ? 0 : 1
}

interface Result {
  readonly host: Host
  readonly changes: readonly Change[]
  readonly trust?: Trust
}

async function one(host: Host, scope: Scope, invocation: Invocation): Promise<Result> {
  const { environment, flags } = invocation
  const targets = targetsOf(host, scope, environment)
  if (flags.has('remove')) {
    const isDry = flags.has('dry-run')
    if (!isDry) await forgetTrust(host, scope, environment)
    const { home } = environment
    const changes = await (isDry ? plannedRemoval : uninstall)(home, targets)
    return { host, changes }
  }
  const changing = !flags.has('check') && !flags.has('dry-run')
  // First of all, for the hook names what is made here.
  if (changing) await prepareProgram(environment.home)
  const call = await (flags.has('dry-run') ? plannedCall : callFor)(host, invocation)
  if (!changing) return { host, changes: await plannedInstall(targets, call) }
  const changes = await install(environment.home, targets, call)
  const trust = await trustIn(host, scope, environment)
  return { host, changes, ...(trust === undefined ? {} : { trust }) }
}

function asJson({ host, changes, trust }: Result): unknown {
  return {
    host: host.name,
    files: changes.map(({ target, kind }) => ({ path: target.path, change: kind })),
    ...(trust === undefined ? {} : { trust: trust.state }),
    ...(host.note === undefined ? {} : { note: host.note }),
  }
}

const DONE = {
  none: 'as it should be',
  create: 'made',
  change: 'changed',
  restore: 'as it was before',
  delete: 'taken away',
} as const
const WOULD = {
  none: 'as it should be',
  create: 'would be made',
  change: 'would be changed',
  restore: 'would be as it was before',
  delete: 'would be taken away',
} as const

function print({ host, changes, trust }: Result, flags: Invocation['flags'], out: Output): void {
  const isCheck = flags.has('check')
  const words = isCheck || flags.has('dry-run') ? WOULD : DONE
  out.line(safe`${out.paint('bold', host.title)}`)
  for (const { target, kind, now, content } of changes) {
    if (isCheck && kind !== 'none') {
      const why = kind === 'create' ? 'missing' : 'not as setup writes it'
      out.line(safe`  ${out.paint('red', why)}  ${target.path}`)
      continue
    }
    out.line(safe`  ${words[kind]}  ${target.path}`)
    if (!flags.has('dry-run') || kind === 'none') continue
    const after = content === undefined ? '' : Buffer.from(content).toString('utf8')
    for (const line of changedLines(now?.text ?? '', after)) out.line(safe`    ${line}`)
  }
  if (trust !== undefined) {
    out.line(
      trust.state === 'trusted'
        ? safe`  ${out.paint('green', 'trusted')}  codex runs these hooks`
        : safe`  ${out.paint('red', trust.state)}  ${trust.why}; open codex and type /hooks`,
    )
  }
  if (host.note !== undefined && !flags.has('remove')) out.line(safe`  ${host.note}`)
}
