import { byPrefix } from '../approvals.ts'
import type { Invocation } from '../command.ts'
import { safe } from '../output.ts'
import { about, withRules } from '../rules.ts'

export async function run(invocation: Invocation): Promise<number> {
  const { out, operands } = invocation
  return await withRules(invocation, async (rules) => {
    const all = await rules.list()
    // All are found before the first one goes.
    const found = new Set(operands.map((typed) => byPrefix(all, typed, 'rule')))
    for (const { id } of found) await rules.remove(id)
    if (out.json) out.data({ removed: [...found].map(({ id }) => id) })
    else for (const { id, text } of found) out.line(safe`Removed ${id}  ${about(text)}`)
    return 0
  })
}
