import { RampartError } from '../errors.ts'
import type { Standing } from '../fleet/standing.ts'
import type { Finding } from '../audit/verify.ts'
import type { FleetNode } from '../ports.ts'
import type { NodeLine } from '../service/fleet.ts'
import type { Colour, Output } from './output.ts'
import { safe } from './output.ts'

const COLOURS: Readonly<Record<Standing, Colour>> = {
  ok: 'green',
  late: 'yellow',
  lost: 'red',
  forked: 'red',
  revoked: 'grey',
}

/** `KEY=VALUE`, a line each, as a flag that may be given again has them. */
export function labelsOf(lines: string | undefined): Record<string, string> {
  const pairs = (lines ?? '').split('\n').filter((line) => line !== '').map((line) => {
    const at = line.indexOf('=')
    if (at < 1) throw new RampartError('usage', `--label "${line}": expected KEY=VALUE`)
    return [line.slice(0, at), line.slice(at + 1)] as const
  })
  return Object.fromEntries(pairs)
}

/** The node of an id, a unique start of one, or a name. */
export function nodeNamed(word: string, nodes: readonly FleetNode[]): FleetNode {
  const byName = nodes.filter(({ name }) => name === word)
  const found = byName.length > 0
    ? byName
    : nodes.filter(({ id }) => word !== '' && id.startsWith(word.toUpperCase()))
  if (found.length === 1) return found[0]!
  const why = found.length === 0 ? 'There is no node' : 'There are several nodes'
  throw new RampartError('not_found', `${why} called ${word}`)
}

export function printNode(node: NodeLine, out: Output): void {
  const { id, name, standing, version, mode, events, lag, missing, forked_at, seen_at } = node
  const labels = Object.entries(node.labels).map(([key, value]) => ` ${key}=${value}`).join('')
  const said = seen_at === null ? 'never heard' : `heard ${seen_at}, ${version ?? ''} ${mode ?? ''}`
  out.line(safe`${id}  ${out.paint(COLOURS[standing], standing)}  ${name}${labels}  ${said}`)
  const more = [
    `${events} events`,
    lag > 0 ? `${lag} behind` : '',
    missing > 0 ? `${missing} never came` : '',
    forked_at === null ? '' : `rewritten from event ${forked_at} on`,
    node.passed_unasked > 0 ? `${node.passed_unasked} calls passed unjudged` : '',
    node.policy_faults > 0 ? `${node.policy_faults} faults in its policies` : '',
  ]
  out.line(safe`  ${more.filter((part) => part !== '').join(', ')}`)
}

export function printChain(
  { name }: FleetNode,
  found: {
    readonly ok: boolean
    readonly events: number
    readonly head: { readonly seq: number }
    readonly anchors: { readonly count: number; readonly last_seq: number }
    readonly findings: readonly Finding[]
    readonly forked_at: number | null
    readonly missing: number
  },
  out: Output,
): void {
  const { ok, events, head, anchors, findings, forked_at, missing } = found
  const told = ok ? out.paint('green', 'unbroken') : out.paint('red', 'broken')
  out.line(
    safe`${name}: ${told}, ${events} events up to ${head.seq}, anchored up to ${anchors.last_seq}`,
  )
  if (forked_at !== null) out.line(safe`  its own trail was rewritten from event ${forked_at} on`)
  if (missing > 0) out.line(safe`  ${missing} events never came`)
  for (const { kind, file, line, message } of findings) {
    out.line(safe`  ${file}:${line}: ${message} (${kind})`)
  }
}
