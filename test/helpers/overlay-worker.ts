// Writes rules into an overlay from a process of its own, some writers at once.
import process from 'node:process'
import { fileOverlay } from '../../src/adapters/overlay.ts'

const [dir = '', lockDir = '', me = '', writers = '0', count = '0'] = process.argv.slice(2)
const overlay = fileOverlay({ dir, lockDir, patienceMs: 600_000 })
async function write(writer: number): Promise<void> {
  for (let index = 0; index < Number(count); index++) {
    const id = `${me}-${writer}-${index}`
    const rule = { action: 'block', tool: 'exec', generalisation: 'program' } as const
    await overlay.edit({ add: [{ ...rule, id, program: `p${index}` }] })
  }
}

await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)))
