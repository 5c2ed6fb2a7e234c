import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Access, ACCESSES, type Reach, type ReachKind } from '../../src/engine/reach.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SOURCES = ['preload/snapshot.c', 'preload/snapshot-file.c', 'preload/snapshot-net.c']
const STRICT = '-std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Wpedantic -Wconversion -Werror'.split(
  ' ',
)

/** Whether a reach says to ask, as its description says and no faster. */
export function asks(reach: Reach, access: Access, kind: ReachKind, text: string): boolean {
  if ((reach.everything & ACCESSES[access]) !== 0) return true
  return [...reach.patterns.values()].some(({ pattern, for: accesses }) => {
    if (pattern.kind !== kind || (accesses & ACCESSES[access]) === 0) return false
    const source = pattern.pieces.map((piece) => piece.replaceAll(/[^A-Za-z0-9]/g, '\\$&'))
    const { begins, ends } = pattern
    const expression = `${begins ? '^' : ''}${source.join('[^]*')}${ends ? '$' : ''}`
    return new RegExp(expression).test(text)
  })
}

/** The reader in C, built for a test; undefined where there is no C compiler, and why the test is skipped. */
export function readerOfC(): {
  readonly skip: string | false
  ask(lines: readonly string[][]): Promise<string[]>
} {
  if ('bun' in process.versions || 'deno' in process.versions) {
    return {
      skip: 'C does not depend on the runtime: Node tests it',
      ask: () => Promise.resolve([]),
    }
  }
  const dir = mkdtempSync(join(tmpdir(), 'rampart-snapshot-'))
  const program = join(dir, 'ask')
  try {
    if (!built(program, SANITIZED) && !built(program, [])) throw new Error('cc refuses the reader')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { skip: 'there is no C compiler', ask: () => Promise.resolve([]) }
  }
  return { skip: false, ask: (lines) => run(program, lines) }
}

/** Not every machine has the libraries for these. */
const SANITIZED = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']

/** @throws ENOENT where there is no compiler. */
function built(program: string, more: readonly string[]): boolean {
  const sources = [...SOURCES, 'test/preload/ask.c'].map((file) => join(ROOT, file))
  const include = `-I${join(ROOT, 'preload')}`
  const made = spawnSync('cc', [...STRICT, ...more, include, '-o', program, ...sources], {
    stdio: ['ignore', 'ignore', more.length === 0 ? 'inherit' : 'ignore'],
  })
  if (made.error !== undefined) throw made.error
  return made.status === 0
}

/** One process for all questions. */
function run(program: string, lines: readonly string[][]): Promise<string[]> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (out += chunk))
  child.stdin.end(lines.map((fields) => `${fields.join('\t')}\n`).join(''))
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (code === 0) resolve(out.split('\n').slice(0, -1))
      else reject(new Error(`the reader ended with ${signal ?? code}`))
    })
  })
}
