// Write the Python and Go clients anew from openapi/openapi.json: `node scripts/clients.mjs`. Needs
// python3 (a virtual environment in a temp directory gets the generator) and go.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PYTHON_GENERATOR = ['openapi-python-client==0.29.1', 'ruff==0.17.6']
const GO_GENERATOR = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2'

const here = fileURLToPath(new URL('../openapi', import.meta.url))
const description = join(here, 'openapi.json')

python()
go()
const hash = createHash('sha256').update(readFileSync(description)).digest('hex')
writeFileSync(join(here, 'clients.sha256'), `${hash}  openapi.json\n`)

function python() {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-clients-'))
  try {
    const bin = join(dir, process.platform === 'win32' ? 'Scripts' : 'bin')
    const cache = { RUFF_NO_CACHE: 'true' }
    const env = { ...process.env, ...cache, PATH: `${bin}${delimiter}${process.env.PATH}` }
    run('python3', ['-m', 'venv', dir])
    run(join(bin, 'pip'), ['install', '--quiet', ...PYTHON_GENERATOR])
    const target = join(here, 'python', 'rampart_client')
    const from = ['--path', description, '--output-path', target]
    run(
      join(bin, 'openapi-python-client'),
      ['generate', ...from, '--meta', 'none', '--overwrite', '--fail-on-warning'],
      { env },
    )
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function go() {
  const cwd = join(here, 'go')
  const target = join(cwd, 'client.gen.go')
  const env = { ...process.env, GOTOOLCHAIN: 'local' }
  run('go', [
    ...['run', GO_GENERATOR, '-generate', 'types,client', '-package', 'rampart'],
    ...['-o', target, description],
  ], { env })
  run('go', ['mod', 'tidy'], { cwd, env })
  run('go', ['vet', './...'], { cwd, env })
}

function run(command, argv, options = {}) {
  const { status, error } = spawnSync(command, argv, { stdio: 'inherit', ...options })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
