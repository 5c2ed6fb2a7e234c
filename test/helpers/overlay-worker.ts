// Writes rules into an overlay from a process of its own, many at once.
import process from 'node:process'
import { fileOverlay } from '../../src/adapters/overlay.ts'

const [dir = '', lockDir = '', me = '', count = '0'] = process.argv.slice(2)
const overlay = fileOverlay({ dir, lockDir })
await Promise.all(
  Array.from({ length: Number(count) }, (_, index) =>
    overlay.edit({
      add: [{
        id: `${me}-${index}`,
        action: 'block',
        tool: 'exec',
        generalisation: 'program',
        program: `p${index}`,
      }],
    })),
)
