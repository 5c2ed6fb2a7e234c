import { systemClock } from '../../adapters/clock.ts'
import type { Bundle } from '../../bundle/bundle.ts'
import { policiesOf } from '../../bundle/bundle.ts'
import { type Change, diffBundles, type ReadFile } from '../../bundle/diff.ts'
import { parsePolicy } from '../../engine/load.ts'
import { bundleBytes, opened } from '../bundle/file.ts'
import { compileBundle } from '../bundle/prove.ts'
import { type Differing, judgeRecorded, type Recorded } from '../bundle/recorded.ts'
import type { Invocation } from '../command.ts'
import { abridge } from '../display.ts'
import { type Output, safe, Shown } from '../output.ts'
import { countFlag, subjectOf, trailOf } from '../trail.ts'

/**
 * Which rules came, went and changed between two bundles, whoever signed them; with `--calls N` which of the
 * last N recorded calls each would answer differently, by itself.
 */
export async function run(invocation: Invocation): Promise<number> {
  const { environment, flags, operands, out } = invocation
  const [before, after] = await Promise.all(operands.map(unsigned)) as [Side, Side]
  const changes = diffBundles(filesOf(before), filesOf(after))
  let recorded: Recorded | undefined
  if (flags.has('calls')) {
    const sets = [
      await compileBundle(before.bundle, before.path),
      await compileBundle(after.bundle, after.path),
    ] as const
    const most = countFlag(invocation, 'calls', 1)
    const home = environment.userHome
    recorded = await judgeRecorded(await trailOf(invocation), sets, {
      most,
      home,
      now: systemClock().now(),
    })
  }
  if (out.json) {
    out.data({
      changes,
      ...(recorded && { calls: { ...recorded, differing: recorded.differing.map(plain) } }),
    })
  } else print(changes, recorded, out)
  return 0
}

interface Side {
  readonly path: string
  readonly bundle: Bundle
}

async function unsigned(path: string): Promise<Side> {
  return { path, bundle: opened(await bundleBytes(path), path, 'unchecked') }
}

function filesOf({ bundle, path }: Side): ReadFile[] {
  return policiesOf(bundle, path).flatMap((text) => {
    const parsed = parsePolicy(text)
    return 'value' in parsed ? [{ path: text.file.slice(path.length + 1), file: parsed.value }] : []
  })
}

function plain({ event, ...rest }: Differing) {
  return { ...rest, tool: event.tool, request: event.request }
}

function print(changes: readonly Change[], recorded: Recorded | undefined, out: Output): void {
  for (const { change, what, was, is } of changes) {
    out.line(safe`${change.padEnd(9)}  ${what}`)
    if (was !== undefined) out.line(safe`  - ${short(was)}`)
    if (is !== undefined) out.line(safe`  + ${short(is)}`)
  }
  if (changes.length === 0) out.line(safe`The policies are the same`)
  if (recorded === undefined) return
  for (const { event, was, is, rule } of recorded.differing) {
    const by = rule === null ? '' : ` (${rule})`
    const subject = new Shown(abridge(subjectOf(event), 200))
    out.line(safe`${was} → ${is}${by}  ${event.tool}  ${subject}`)
  }
  const { of, unreadable, differing } = recorded
  const left = unreadable === 0 ? '' : `, ${unreadable} are shortened in the trail`
  out.line(safe`${differing.length} of ${of} recorded calls would be answered differently${left}`)
}

function short(value: unknown): Shown {
  return new Shown(abridge(JSON.stringify(value), 300))
}
