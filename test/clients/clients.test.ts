import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { live } from '../helpers/http-live.ts'
import { onlyOn } from '../helpers/runtime.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const openapi = `${root}/openapi`

test('the clients were generated from this description: node scripts/clients.mjs', () => {
  const hash = createHash('sha256').update(readFileSync(`${openapi}/openapi.json`)).digest('hex')
  assert.equal(readFileSync(`${openapi}/clients.sha256`, 'utf8'), `${hash}  openapi.json\n`)
})

/** What the generators' programs need to find what is installed; nothing is fetched. */
const env = {
  ...process.env,
  HOME: userInfo().homedir,
  PYTHONPATH: `${openapi}/python`,
  PYTHONDONTWRITEBYTECODE: '1',
  GOPROXY: 'off',
  GOFLAGS: '-mod=readonly',
  GOTOOLCHAIN: 'local',
}

interface Client {
  readonly name: string
  readonly cwd: string
  /** Exits 0 when the client can be run here. */
  readonly probe: readonly string[]
  readonly command: readonly string[]
  readonly needs: string
}

const CLIENTS: readonly Client[] = [
  {
    name: 'Python',
    cwd: root,
    probe: ['python3', '-c', 'import httpx, attrs'],
    command: ['python3', 'test/clients/smoke.py'],
    needs: 'python3 with httpx and attrs',
  },
  {
    name: 'Go',
    cwd: `${openapi}/go`,
    probe: ['go', 'list', '-deps', '.'],
    command: ['go', 'test', '-count=1', './...'],
    needs: 'go with the modules of openapi/go (cd openapi/go && go mod download)',
  },
]

for (const { name, cwd, probe, command, needs } of CLIENTS) {
  test(`the ${name} client gets a typed denial, a typed problem and a date`, (t) => {
    const elsewhere = onlyOn('node', 'a client asks any server of this description')
    if (elsewhere) return t.skip(elsewhere)
    const found = spawnSync(probe[0]!, probe.slice(1), { cwd, env })
    if (found.status !== 0) {
      assert.equal(process.env['CI'], undefined, `CI needs ${needs}`)
      return t.skip(`needs ${needs}`)
    }
    return live(async ({ url, api }) => {
      const ran = await runProgram(command, cwd, { SMOKE_URL: url, SMOKE_TOKEN: 'eval-token' })
      assert.equal(ran.code, 0, ran.output)
      assert.equal(api.decided.length, 1)
      assert.deepEqual(api.decided[0]?.params, { command: 'rm -rf /' })
    })
  })
}

function runProgram(
  command: readonly string[],
  cwd: string,
  more: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0]!, command.slice(1), { cwd, env: { ...env, ...more } })
    let output = ''
    child.stdout.on('data', (chunk) => output += String(chunk))
    child.stderr.on('data', (chunk) => output += String(chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
