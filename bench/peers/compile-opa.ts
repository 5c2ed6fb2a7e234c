import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { ROOT } from '../common.ts'

const SOURCE = join(ROOT, 'bench/opa')
const CACHE = join(ROOT, 'node_modules/.cache/rampart-bench')

/** `policy.rego` as WebAssembly if it was compiled before from what stands in `bench/opa` now. */
export function compiledPolicy(): Uint8Array<ArrayBuffer> | undefined {
  return existsSync(place()) ? new Uint8Array(readFileSync(place())) : undefined
}

/** Compile it; the first time Go builds OPA's library, which takes minutes. Returns why it cannot. */
export function compilePolicy(): string | undefined {
  process.stderr.write('bench: Go compiles the Rego policy, minutes the first time\n')
  const { status, error, stdout, stderr } = spawnSync('go', ['run', '.'], {
    cwd: SOURCE,
    input: readFileSync(join(SOURCE, 'policy.rego')),
    env: { ...process.env, GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' },
  })
  if (error) return 'go, which compiles its policy, is not installed'
  if (status !== 0) {
    return `go cannot compile its policy: ${String(stderr).trim().split('\n').at(-1)}`
  }
  mkdirSync(CACHE, { recursive: true })
  writeFileSync(place(), stdout)
  return undefined
}

function place(): string {
  const hash = createHash('sha256')
  for (const file of ['policy.rego', 'main.go', 'go.sum']) {
    hash.update(readFileSync(join(SOURCE, file)))
  }
  return join(CACHE, `opa-${hash.digest('hex').slice(0, 16)}.wasm`)
}
