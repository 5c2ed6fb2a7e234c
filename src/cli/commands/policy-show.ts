import process from 'node:process'
import { LAYERS } from '../../engine/types.ts'
import type { Invocation } from '../command.ts'
import { dryServices } from '../dry.ts'
import { abridge } from '../display.ts'
import { safe, Shown } from '../output.ts'
import { actionText } from '../tree.ts'

/** Everything in force, strongest layer first, as it would be evaluated. */
export async function run(invocation: Invocation): Promise<number> {
  const { out } = invocation
  const { policies } = await dryServices(invocation)
  const { set } = await policies.forProject(process.cwd())
  if (out.json) {
    out.data({ hash: set.hash, default_action: set.defaultAction, policies: set.listing })
    return 0
  }
  out.line(safe`${set.hash}`)
  out.line(safe`default_action: ${actionText(set.defaultAction, out)}`)
  const listed = [...set.listing].sort((a, b) =>
    LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer) || a.priority - b.priority
  )
  for (const { name, layer, file, priority, enabled, rules, description } of listed) {
    const off = enabled ? '' : ' (disabled)'
    out.line(safe``)
    out.line(safe`${out.paint('bold', name)}${off}  ${layer}  priority ${priority}  ${file}`)
    if (description) out.line(safe`  ${new Shown(abridge(description, 200))}`)
    for (const { key, action, message, when } of rules) {
      out.line(safe`  ${actionText(action, out)}  ${key}  ${message}`)
      out.line(safe`    when ${new Shown(abridge(JSON.stringify(when), 300))}`)
    }
  }
  return 0
}
