import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPolicyFiles, type PolicyFilesOptions } from '../../src/adapters/policy-files.ts'
import type { Clock, PolicyChange, PolicySource } from '../../src/ports.ts'

export const realClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  monotonic: () => performance.now(),
  sleep(ms, signal) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    }, { once: true })
    return promise
  },
}

export function policy(name: string, glob: string, action = 'deny'): string {
  return `version: "1"
default_action: allow
policies:
  - name: ${name}
    match: {tool: exec}
    rules:
      - {action: ${action}, when: {command_matches: ["${glob}"]}}
`
}

export const BUILTINS = {
  'self-protection': policy('rampart-self', '*rampart off*'),
  standard: policy('standard-rm', 'rm -rf /'),
  ci: policy('ci', 'make *'),
}

export interface Place {
  readonly dir: string
  readonly root: string
  write(name: string, text: string): string
  open(change?: Partial<PolicyFilesOptions>): Promise<PolicySource>
}

export async function withPlace(use: (place: Place) => Promise<void>): Promise<void> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-policies-')))
  const dir = join(root, 'policies')
  mkdirSync(dir, { mode: 0o700 })
  const opened: PolicySource[] = []
  try {
    await use({
      dir,
      root,
      write(name, text) {
        const file = join(dir, name)
        writeFileSync(file, text, { mode: 0o600 })
        return file
      },
      async open(change) {
        const source = await openPolicyFiles({
          dir,
          builtins: BUILTINS,
          clock: realClock,
          log: { error: () => {}, warn: () => {}, info: () => {} },
          facts: { projectRoot: async (cwd) => cwd },
          projectPolicies: true,
          watch: false,
          ...change,
        })
        opened.push(source)
        return source
      },
    })
  } finally {
    for (const source of opened) await source.close()
    rmSync(root, { recursive: true, force: true })
  }
}

export function names(source: PolicySource): string[] {
  return source.current().set.policies.map(({ name }) => name).sort()
}

/** The next change, whatever it is. */
export function nextChange(source: PolicySource): Promise<PolicyChange> {
  const { promise, resolve } = Promise.withResolvers<PolicyChange>()
  const stop = source.onChange((_state, change) => {
    stop()
    resolve(change)
  })
  return promise
}

/** Make a file old enough to be believed at once. */
export function age(file: string): void {
  utimesSync(file, 1_700_000_000, 1_700_000_000)
}
