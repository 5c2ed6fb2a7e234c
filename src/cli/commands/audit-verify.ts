import { publicKeysIn, publicKeysOf } from '../../adapters/audit-keys.ts'
import { verifyDirectory } from '../../adapters/audit-verify.ts'
import type { Finding, Verified } from '../../audit/verify.ts'
import { systemClock } from '../../adapters/clock.ts'
import { momentOf } from '../../audit/format/select.ts'
import type { Since } from '../../audit/verify-types.ts'
import { isTime } from '../../audit/chain.ts'
import { RampartError } from '../../errors.ts'
import { ownScript } from '../../runtime/self.ts'
import { type Invocation, textFlag } from '../command.ts'
import { places } from '../config.ts'
import { type Output, safe } from '../output.ts'
import { trailDirectory } from '../trail.ts'
import { keptAt, readFileOf } from './audit-kept.ts'

/** Whether the trail is what it was: reads files alone, so it works on a copy and without a server. */
export async function run(invocation: Invocation): Promise<number> {
  const { operands, out } = invocation
  const keys = await trustedKeys(invocation)
  const proof = textFlag(invocation, 'proof')
  if (proof !== undefined) {
    const { checkProofFile } = await import('./audit-verify-proof.ts')
    return await checkProofFile(proof, keys, out)
  }
  const dir = await trailDirectory(invocation, operands[0])
  const anchor = textFlag(invocation, 'anchor')
  const progress = progressOn(out)
  const verified = await verifyDirectory(dir, {
    keys,
    since: sinceOf(textFlag(invocation, 'since')),
    kept: anchor === undefined ? [] : [await keptAt(anchor)],
    entry: ownScript(),
    onProgress: progress.show,
  }).finally(progress.end)
  if (out.json) out.data({ directory: dir, ...verified })
  else show(dir, verified, out)
  return verified.findings.length === 0 ? 0 : 1
}

/** The keys that a person points at, else those of the state directory. */
async function trustedKeys(invocation: Invocation): Promise<Uint8Array[]> {
  const file = textFlag(invocation, 'pubkey')
  if (file === undefined) return await publicKeysIn(places(invocation.environment.home).keys)
  return publicKeysOf(await readFileOf(file))
}

/** A number of the chain, a day, a time, or how long ago. */
function sinceOf(text: string | undefined): Since | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,15}$/.test(text)) return { seq: Number(text) }
  const time = momentOf(text, systemClock().now())
  if (time !== undefined && isTime(time)) return { time }
  throw new RampartError(
    'usage',
    `--since "${text}": expected a day, a time (RFC 3339), how long ago (24h) or a number`,
  )
}

function show(dir: string, verified: Verified, out: Output): void {
  const { events, head, findings, anchors, root, duration_ms } = verified
  for (const finding of findings) showFinding(finding, out)
  const told = findings.length === 0 ? out.paint('green', 'unbroken') : out.paint('red', 'broken')
  out.line(safe`${dir}: ${events} events, ${told}, head ${head.seq} ${head.hash}`)
  const keys = anchors.key_ids.join(', ')
  if (anchors.count > 0) {
    out.line(safe`  ${anchors.count} anchors up to event ${anchors.last_seq}, signed by ${keys}`)
  }
  if (root !== null) out.line(safe`  Merkle root ${root}`)
  out.line(safe`  ${(duration_ms / 1000).toFixed(1)} s`)
}

function showFinding({ kind, file, line, message, expected, found }: Finding, out: Output): void {
  out.line(safe`${file}:${line}: ${message} (${kind})`)
  if (expected !== undefined) out.line(safe`  expected ${expected}`)
  if (found !== undefined) out.line(safe`  found    ${found}`)
}

const WIDTH = 30

/** A bar on a person's terminal, gone at the end. */
function progressOn(out: Output): {
  readonly show: (done: number, total: number) => void
  readonly end: () => void
} {
  let last = -1
  return {
    show(done, total) {
      const filled = Math.floor(WIDTH * done / Math.max(1, total))
      if (filled === last) return
      last = filled
      const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`
      out.progress(`${bar} ${Math.floor(100 * done / Math.max(1, total))} %`)
    },
    end: () => out.progress(undefined),
  }
}
