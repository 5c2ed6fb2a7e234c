import { verifyDirectory } from '../../adapters/audit-verify.ts'
import type { Invocation } from '../command.ts'
import { auditDirectory, loadConfig } from '../config.ts'
import { safe } from '../output.ts'

/** Whether the trail is what it was: reads files alone, so it works on a copy and without a server. */
export async function run({ environment, flags, operands, out }: Invocation): Promise<number> {
  const dir = operands[0] ??
    auditDirectory(environment.home, await loadConfig(environment, { serving: false, flags }))
  const { events, head, findings } = await verifyDirectory(dir)
  if (out.json) out.data({ directory: dir, events, head, findings })
  else {
    for (const { file, line, message } of findings) out.line(safe`${file}:${line}: ${message}`)
    const told = findings.length === 0 ? out.paint('green', 'unbroken') : out.paint('red', 'broken')
    out.line(safe`${dir}: ${events} events, ${told}, head ${head.seq} ${head.hash}`)
  }
  return findings.length === 0 ? 0 : 1
}
