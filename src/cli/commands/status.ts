import type { Status } from '../../service/api.ts'
import { connect } from '../client.ts'
import { type Invocation, textFlag } from '../command.ts'
import { type Output, safe } from '../output.ts'
import { isServed, readServerFile } from '../server-file.ts'
import { VERSION } from '../version.ts'

/** What each level can stop (security.md, Levels). */
const LEVELS = {
  L0: 'L0: the agent runs as this user: stops mistakes and injected instructions, not code it runs',
  L1: 'L1: the server has a user of its own',
  L2: 'L2: the server runs on another host or in another container',
} as const

export async function run(invocation: Invocation): Promise<number> {
  const { environment, flags, out } = invocation
  const { home } = environment
  const elsewhere = textFlag(invocation, 'url') ?? environment.url
  if (elsewhere === undefined && !isServed(home)) {
    if (out.json) out.data({ running: false, home, version: VERSION, level: 'L0' })
    else {
      out.line(safe`No server runs on ${home}`)
      out.line(safe`  ${LEVELS.L0}`)
    }
    return flags.has('check') ? 1 : 0
  }
  const status = await (await connect(invocation)).get('/v1/status') as Status
  const server = elsewhere === undefined ? await readServerFile(home) : undefined
  if (out.json) out.data({ running: true, home, ...status, ...server })
  else print(status, server?.url ?? elsewhere!, home, out)
  return flags.has('check') && status.status !== 'ok' ? 1 : 0
}

function print(status: Status, url: string, home: string, out: Output): void {
  const { policy, audit, mode, version, uptime_seconds, failure, off_until } = status
  const colour = status.status === 'ok' ? 'green' : 'red'
  out.line(safe`Rampart ${version} on ${url}: ${out.paint(colour, status.status)}`)
  out.line(safe`  mode      ${mode}${off_until === null ? '' : ` (off until ${off_until})`}`)
  out.line(safe`  failure   ${failure}`)
  out.line(safe`  up        ${uptime_seconds} s`)
  out.line(safe`  state     ${home}`)
  out.line(
    safe`  policies  ${policy.policies} from ${policy.files.join(', ') || 'the built-in profile'}`,
  )
  for (const { file, line, col, message } of policy.faults) {
    out.line(safe`  ${out.paint('red', 'fault')}     ${file}:${line}:${col}: ${message}`)
  }
  if (status.bundle) printBundle(status.bundle, out)
  out.line(safe`  pending   ${status.pending_approvals}`)
  for (const { agent, session, tries } of status.flagged_sessions ?? []) {
    const who = `${agent} (session ${session})`
    out.line(
      safe`  ${out.paint('red', 'flagged')}   ${who} tried ${tries} times what a person had denied`,
    )
  }
  if (status.passed_unasked > 0) {
    const passed = `${status.passed_unasked} calls or more passed while no server answered`
    out.line(safe`  ${out.paint('red', 'gap')}       ${passed}`)
  }
  out.line(safe`  audit     ${audit.seq} events, head ${audit.hash}`)
  for (const sink of status.sinks) printSink(sink, out)
  for (const one of status.notify) printNotify(one, out)
  out.line(safe`  ${LEVELS[status.level]}`)
}

function printBundle(bundle: NonNullable<Status['bundle']>, out: Output): void {
  const { name, version, digest, created, checked_at, waiting, given_up, last_error } = bundle
  const what = name === null
    ? out.paint('red', 'none yet')
    : `${name} version ${version} of ${created}, ${digest}`
  const since = checked_at === null ? 'never reached its source' : `looked for at ${checked_at}`
  out.line(safe`  bundle    ${what}, ${since}`)
  if (waiting !== null) out.line(safe`            version ${waiting} is not for this node yet`)
  if (given_up !== null) {
    out.line(safe`            version ${given_up.version} was given up: ${given_up.reason}`)
  }
  if (last_error !== null) out.line(safe`  ${out.paint('red', 'fault')}     bundle: ${last_error}`)
}

function printSink(sink: Status['sinks'][number], out: Output): void {
  const { name, to, state, lag_events, last_error, lost, rejected } = sink
  const notes = [
    lag_events === 0 ? 'up to date' : `${lag_events} events behind`,
    ...(last_error === null ? [] : [last_error]),
    ...(lost === 0 ? [] : [`${lost} lost`]),
    ...(rejected === 0 ? [] : [`${rejected} refused by the receiver`]),
  ]
  const shown = out.paint(state === 'ok' ? 'green' : 'red', state)
  out.line(safe`  sink      ${name} ${shown} to ${to}: ${notes.join(', ')}`)
}

function printNotify(one: Status['notify'][number], out: Output): void {
  const { name, to, state, lag_events, last_error, held, given_up } = one
  const notes = [
    lag_events === 0 ? 'up to date' : `${lag_events} events behind`,
    ...(last_error === null ? [] : [last_error]),
    ...(held === 0 ? [] : [`${held} for the next digest`]),
    ...(given_up === 0 ? [] : [`${given_up} given up`]),
  ]
  const shown = out.paint(state === 'ok' ? 'green' : 'red', state)
  out.line(safe`  notify    ${name} ${shown} to ${to}: ${notes.join(', ')}`)
}
