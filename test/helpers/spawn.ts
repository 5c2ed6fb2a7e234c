import { type ChildProcess, spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { RUNTIME } from './runtime.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Started {
  readonly child: ChildProcess
  /** Whole lines of stdout so far. */
  readonly lines: string[]
  /** Resolves when it has ended and all its output was read, with its exit code and stderr. */
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>
  /** Resolves once so many lines were printed; rejects when it ends before. */
  printed(count: number): Promise<void>
}

/** Run a test's script in a process of its own, on the runtime that runs this test. */
export function startScript(script: string, args: readonly string[]): Started {
  const flags = RUNTIME === 'deno' ? ['run', '-A', '--no-check', '--quiet'] : []
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(process.execPath, [...flags, path, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const waiting = new Set<() => void>()
  let rest = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop()!
    lines.push(...parts)
    for (const wake of waiting) wake()
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (err += chunk))
  const ended = new Promise<{ code: number | null; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, err }))
  })
  return {
    child,
    lines,
    ended,
    printed: (count) =>
      new Promise((resolve, reject) => {
        function look(): void {
          if (lines.length < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
        ended.then(() => reject(new Error(`It ended after ${lines.length} lines: ${err}`)))
      }),
  }
}
