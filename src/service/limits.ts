import { type Approval, ownerOf } from '../approval/approval.ts'
import { type ApprovalLimits, PENDING } from '../approval/limits.ts'
import { close } from './resolution.ts'
import type { Services } from './services.ts'
import { takenBack } from './taken-back.ts'

/** One principal's part of all bytes. */
const SHARE = 4

/** Most lapsed questions that are closed to make room. */
const CLOSED_AT_ONCE = 1000

/** What is to be asked. */
type Asking = Pick<Approval, 'principal' | 'agent' | 'agentBound' | 'params'>

/** Why no more may be asked, after what nobody answered in time is closed; undefined when it may. */
export async function overLimit(
  asking: Asking,
  services: Services,
): Promise<string | undefined> {
  const { callBytes } = limitsOf(services)
  const size = bytesOf(asking.params)
  if (size > callBytes) {
    return `the parameters of the call are ${size} bytes, and ${callBytes} are kept of one that a person is asked about`
  }
  const wait = takenBack(services).wait(asking.principal)
  if (wait > 0) {
    return `too many questions of ${asking.principal} were taken back: none is put for ${
      Math.ceil(wait / 1000)
    } s`
  }
  if (await exceeded(asking, services) === undefined) return undefined
  const { approvals, clock } = services
  for (const approval of await approvals.lapsed(clock.now(), CLOSED_AT_ONCE)) {
    await close(approval, 'expired', services)
  }
  return await exceeded(asking, services)
}

async function exceeded(asking: Asking, services: Services): Promise<string | undefined> {
  return await tooMany(asking, services) ?? await tooLarge(asking, services)
}

async function tooMany(asking: Asking, services: Services): Promise<string | undefined> {
  const { approvals } = services
  const limits = limitsOf(services)
  const { principal } = asking
  const own = await approvals.pendingCount({ principal })
  if (own >= limits.principal) return `${own} approvals of ${principal} are pending already`
  const owner = await approvals.pendingCount({ owner: ownerOf(asking as Approval) })
  if (owner >= limits.owner) {
    return `${owner} approvals of the agent ${asking.agent.slice(0, 64)} are pending already`
  }
  const all = await approvals.pendingCount()
  if (all >= limits.all) return `${all} approvals are pending already`
  if (all >= limits.all - limits.reserve && own >= limits.few) {
    return `${all} approvals are pending already, and what is left is for others`
  }
  return undefined
}

async function tooLarge(asking: Asking, services: Services): Promise<string | undefined> {
  const { approvals } = services
  const { allBytes } = limitsOf(services)
  const { principal } = asking
  const size = bytesOf(asking.params)
  const own = await approvals.pendingBytes({ principal })
  if (own + size > allBytes / SHARE) {
    return `the approvals of ${principal} that are pending keep ${own} bytes already`
  }
  const all = await approvals.pendingBytes()
  return all + size > allBytes ? `the pending approvals keep ${all} bytes already` : undefined
}

function limitsOf({ settings }: Services): ApprovalLimits {
  return settings.approvalLimits ?? PENDING
}

function bytesOf(params: Asking['params']): number {
  return new TextEncoder().encode(JSON.stringify(params)).length
}
