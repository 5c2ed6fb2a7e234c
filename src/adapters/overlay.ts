import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { type Document, isMap, isSeq, parseDocument, YAMLSeq } from 'yaml'
import { formatFault } from '../engine/fault.ts'
import { parsePolicy } from '../engine/load.ts'
import type { OwnRule } from '../engine/own-rule.ts'
import { RampartError } from '../errors.ts'
import type { Overlay, OverlayChange } from '../ports.ts'
import { openLock } from './audit-lock.ts'
import { OVERLAY, POLICY_BYTES } from './policy-read.ts'
import { replaceFile } from './replace-file.ts'
import { codeOf, readSmall } from './safe-read.ts'

export interface OverlayOptions {
  /** `$RAMPART_HOME/policies`; made where it is not there. */
  readonly dir: string
  /** Where writers of all processes meet. */
  readonly lockDir: string
  /** How long a writer waits for the others, ms; else half a minute. */
  readonly patienceMs?: number
}

const PATIENCE_MS = 30_000

const HEADER =
  `# Your own rules. Rampart adds to this file and never to your others; edit it as you like.
# An allow answers the one ask it names, never a denial. What is there: rampart rules
version: "1"
`

/** `policies/user.yaml`: one writer at a time over all processes, written whole or not at all. */
export function fileOverlay({ dir, lockDir, patienceMs }: OverlayOptions): Overlay {
  const path = join(dir, OVERLAY)
  const lock = openLock(lockDir, patienceMs ?? PATIENCE_MS)
  return {
    path,
    async edit(change) {
      await taken(lock.take(), path)
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 })
        const file = await realpath(path).catch(() => path)
        const before = await textOf(file)
        const after = changed(before, file, change)
        if (after !== before) await replace(file, after)
      } finally {
        lock.give()
      }
    },
  }
}

async function taken(taking: Promise<void>, path: string): Promise<void> {
  try {
    await taking
  } catch (error) {
    const detail = `Cannot write ${path}: another process holds it, or this account may not`
    throw new RampartError('unavailable', detail, { cause: error })
  }
}

async function textOf(file: string): Promise<string> {
  const read = await readSmall(file, { limit: POLICY_BYTES, followLinks: false })
  if (read.text !== undefined) return read.text
  if (read.code === 'ENOENT') return ''
  throw new RampartError('policy_invalid', `Cannot read ${file}: ${read.detail}`)
}

/** The text after a change; a broken one is never written over. */
function changed(text: string, file: string, { add = [], remove = [] }: OverlayChange): string {
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

async function replace(file: string, text: string): Promise<void> {
  try {
    await replaceFile(file, text)
  } catch (error) {
    throw new RampartError('state_unusable', `Cannot write ${file}: ${codeOf(error)}`, {
      cause: error,
    })
  }
}
