import { readAnchor } from './anchor.ts'
import { type Checkpoint, readCheckpoint } from './checkpoint.ts'

/** A checkpoint that was kept somewhere; undefined where the lines from there on are none. */
export interface Kept {
  readonly line: number
  readonly checkpoint: Checkpoint | undefined
}

/**
 * The checkpoints of a text: signed notes one after the other, or JSON lines that are anchors or have a
 * member `checkpoint`.
 */
export function readKept(text: string): Kept[] {
  const lines = text.split('\n')
  const kept: Kept[] = []
  for (let at = 0; at < lines.length;) {
    const line = lines[at]!
    if (line.trim() === '') {
      at += 1
    } else if (line.startsWith('{')) {
      kept.push({ line: at + 1, checkpoint: checkpointIn(line) })
      at += 1
    } else {
      const end = endOfNote(lines, at)
      const note = `${lines.slice(at, end).join('\n')}\n`
      kept.push({ line: at + 1, checkpoint: readCheckpoint(note) })
      at = end
    }
  }
  return kept
}

/** Behind the signatures that follow the note's empty line. */
function endOfNote(lines: readonly string[], from: number): number {
  let at = from
  while (at < lines.length && lines[at] !== '') at += 1
  at += 1
  while (at < lines.length && lines[at]!.startsWith('— ')) at += 1
  return Math.min(at, lines.length)
}

function checkpointIn(line: string): Checkpoint | undefined {
  const read = readAnchor(line)
  if (typeof read !== 'string') return read.checkpoint
  try {
    const { checkpoint } = JSON.parse(line) as { readonly checkpoint?: unknown }
    return typeof checkpoint === 'string' ? readCheckpoint(checkpoint) : undefined
  } catch {
    return undefined
  }
}
