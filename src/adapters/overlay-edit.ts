import { type Document, isMap, isSeq, parseDocument, YAMLSeq } from 'yaml'
import { formatFault } from '../engine/fault.ts'
import { parsePolicy } from '../engine/load.ts'
import type { OwnRule } from '../engine/own-rule.ts'
import { RampartError } from '../errors.ts'
import type { OverlayChange } from '../ports.ts'

const HEADER =
  `# Your own rules. Rampart adds to this file and never to your others; edit it as you like.
# An allow answers the one ask it names, never a denial. What is there: rampart rules
version: "1"
`

/** The text after a change; a broken one is never written over. */
export function changed(
  text: string,
  file: string,
  { add = [], remove = [] }: OverlayChange,
): string {
  if (text.trim() !== '') check(text, file, `${file} is broken, so nothing is written to it`)
  const document = parseDocument(text.trim() === '' ? `${text}${HEADER}` : text)
  const rules = rulesOf(document)
  const at = (id: string) =>
    rules.items.findIndex((item) => isMap(item) && String(item.get('id')) === id)
  for (const id of remove) {
    const index = at(id)
    if (index >= 0) rules.delete(index)
  }
  for (const rule of add) if (at(rule.id) < 0) rules.add(nodeOf(document, rule))
  if (rules.items.length === 0) document.delete('rules')
  const after = document.toString({ lineWidth: 0, flowCollectionPadding: false })
  check(after, file, 'The rules would make a file that cannot be read')
  return after
}

function check(text: string, file: string, detail: string): void {
  const parsed = parsePolicy({ file, layer: 'overlay', text })
  if ('value' in parsed) return
  throw new RampartError('policy_invalid', detail, {
    errors: parsed.faults.map((fault) => ({ pointer: '', detail: formatFault(fault) })),
  })
}

function rulesOf(document: Document): YAMLSeq {
  const found = document.get('rules', true)
  if (isSeq(found)) {
    if (found.items.length === 0) found.flow = false
    return found
  }
  const made = new YAMLSeq()
  document.set('rules', made)
  return made
}

/** Lists of words on one line, as a person would write them. */
function nodeOf(document: Document, rule: OwnRule): unknown {
  const node = document.createNode(JSON.parse(JSON.stringify(rule)))
  if (isMap(node)) {
    for (const { value } of node.items) if (isSeq(value)) value.flow = true
  }
  return node
}
