import { readFileSync, statSync } from 'node:fs'
import process from 'node:process'
import type { ProcessTable, SeenProcess } from '../ports.ts'

/** Longest chain of parents that is followed. */
const PARENTS = 64

/**
 * The processes of this machine, from `/proc`: reads of the kernel's own memory, which block on nothing.
 * Where there is no `/proc` nobody's parents are known. A pid that belongs to another account than those who may
 * ask is nobody's.
 *
 * @param asks - whose calls come in: this account's, or those of any where a group may ask
 */
export function procTable(root = '/proc', asks: 'self' | 'any' = 'self'): ProcessTable {
  const uid = process.getuid?.()
  return {
    chainOf(pid, most = PARENTS) {
      const chain: SeenProcess[] = []
      for (let next = pid; next > 0 && chain.length < Math.min(most, PARENTS);) {
        const found = oneOf(root, next)
        if (found === undefined) break
        const isOurs = asks === 'any' || ownerOf(root, pid) === uid
        if (chain.length === 0 && !isOurs) return undefined
        chain.push({ pid: next, started: found.started })
        next = found.parent
      }
      return chain.length === 0 ? undefined : chain
    },
  }
}

function oneOf(
  root: string,
  pid: number,
): { readonly parent: number; readonly started: string } | undefined {
  try {
    const text = readFileSync(`${root}/${pid}/stat`, 'latin1')
    // The name in brackets may hold anything, brackets too.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const parent = Number(fields[1])
    const started = fields[19]
    if (!Number.isInteger(parent) || started === undefined) return undefined
    return { parent, started }
  } catch {
    return undefined
  }
}

/** Undefined is nobody's: the process is gone. */
function ownerOf(root: string, pid: number): number | undefined {
  return statSync(`${root}/${pid}`, { throwIfNoEntry: false })?.uid
}
