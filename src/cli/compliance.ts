import type { TrailStats } from '../audit/stats.ts'
import type { Verified } from '../audit/verify.ts'

export interface Check {
  readonly id: string
  readonly title: string
  /** `note`: nothing is wrong, but a person should know it. */
  readonly result: 'pass' | 'fail' | 'note'
  readonly detail: string
}

/** `rampart report compliance --json`. */
export interface Compliance {
  readonly schema: 'rampart.compliance.v1'
  readonly directory: string
  readonly since: string | null
  readonly until: string | null
  readonly result: 'pass' | 'fail'
  readonly checks: readonly Check[]
  /** The same as `audit verify` says: it is asked. */
  readonly verified: Pick<Verified, 'events' | 'head' | 'anchors' | 'root'> & {
    readonly findings: number
    readonly first: string | null
  }
  readonly stats: TrailStats
}

/** What the trail shows of how agents were held to the policies. Only what it shows: nothing is inferred. */
export function complianceOf(
  directory: string,
  stats: TrailStats,
  { events, head, anchors, root, findings }: Verified,
): Compliance {
  const [finding] = findings
  const first = finding === undefined
    ? null
    : `${finding.file}:${finding.line}: ${finding.message} (${finding.kind})`
  const checks = [
    chain(first, findings.length, events),
    anchored(anchors, head.seq),
    unrecorded(stats),
    enforcement(stats),
    humans(stats),
    alarms(stats),
  ]
  return {
    schema: 'rampart.compliance.v1',
    directory,
    since: stats.since,
    until: stats.until,
    result: checks.some(({ result }) => result === 'fail') ? 'fail' : 'pass',
    checks,
    verified: { events, head, anchors, root, findings: findings.length, first },
    stats,
  }
}

function chain(first: string | null, findings: number, events: number): Check {
  const detail = first === null
    ? `${events} events verify`
    : `${findings} findings, the first: ${first}. Next: rampart audit verify`
  return {
    id: 'RC-1',
    title: 'The trail is what was written',
    result: first === null ? 'pass' : 'fail',
    detail,
  }
}

/** Up to the hundredth event there may be none. */
function anchored({ count, last_seq }: Verified['anchors'], head: number): Check {
  const isMissing = count === 0 && head >= 100
  return {
    id: 'RC-2',
    title: 'Signed anchors cover it',
    result: isMissing ? 'fail' : count === 0 ? 'note' : 'pass',
    detail: count === 0 ? 'No anchors' : `${count} anchors, up to event ${last_seq} of ${head}`,
  }
}

function unrecorded({ by_kind }: TrailStats): Check {
  const count = countOf(by_kind, 'fail_open')
  return {
    id: 'RC-3',
    title: 'No call passed unrecorded',
    result: count === 0 ? 'pass' : 'fail',
    detail: count === 0
      ? 'No pass without a record or without a decision was recorded'
      : `${count} events tell of calls that passed unrecorded. See: rampart audit search --kind fail_open`,
  }
}

function enforcement({ decisions, by_kind }: TrailStats): Check {
  const { total, enforced } = decisions
  const switched = countOf(by_kind, 'mode')
  return {
    id: 'RC-4',
    title: 'Decisions were enforced',
    result: total === enforced && switched === 0 ? 'pass' : 'note',
    detail: `${enforced} of ${total} were; the rest were dry runs or not in mode enforce` +
      `; the mode changed ${switched} times`,
  }
}

function humans({ decisions, by_kind }: TrailStats): Check {
  const asked = countOf(decisions.by_action, 'require_approval')
  const answers = countOf(by_kind, 'approval')
  return {
    id: 'RC-5',
    title: 'People were asked',
    result: 'note',
    detail: `${asked} calls required an approval; ${answers} events tell what became of approvals`,
  }
}

function alarms({ by_kind }: TrailStats): Check {
  const [alerts, failures, repairs] = ['alert', 'auth_failure', 'recovery'].map((kind) =>
    countOf(by_kind, kind)
  )
  return {
    id: 'RC-6',
    title: 'Nothing called for attention',
    result: alerts === 0 && failures === 0 && repairs === 0 ? 'pass' : 'note',
    detail: `${alerts} alerts, ${failures} events of failed authentication, ${repairs} recoveries`,
  }
}

function countOf(
  list: readonly { readonly name: string; readonly count: number }[],
  wanted: string,
): number {
  return list.find(({ name }) => name === wanted)?.count ?? 0
}
