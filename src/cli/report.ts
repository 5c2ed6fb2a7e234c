import { statsNow } from '../adapters/audit-index-now.ts'
import { publicKeysIn } from '../adapters/audit-keys.ts'
import { verifyDirectory } from '../adapters/audit-verify.ts'
import type { TimeSpan } from '../ports.ts'
import { ownScript } from '../runtime/self.ts'
import type { Invocation } from './command.ts'
import { type Compliance, complianceOf } from './compliance.ts'
import { places } from './config.ts'
import { indexing } from './trail.ts'

/** Verify the whole trail, as `audit verify` does, and count what lies in the span. */
export async function complianceNow(
  { environment, out }: Invocation,
  dir: string,
  span: TimeSpan,
): Promise<Compliance> {
  const progress = indexing(out)
  const stats = await statsNow(dir, span, progress.show).finally(progress.end)
  const keys = await publicKeysIn(places(environment.home).keys)
  return complianceOf(dir, stats, await verifyDirectory(dir, { keys, entry: ownScript() }))
}
