// Write the Python and Go clients anew from openapi/openapi.json: `node scripts/clients.mjs`. Needs
// python3 (a virtual environment in a temp directory gets the generator) and go.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
    const plain = join(dir, 'openapi.json')
    writeFileSync(
      plain,
      JSON.stringify(withTextStreams(JSON.parse(readFileSync(description, 'utf8')))),
    )
    const from = ['--path', plain, '--output-path', target]
    run(
      join(bin, 'openapi-python-client'),
      ['generate', ...from, '--meta', 'none', '--overwrite', '--fail-on-warning'],
      { env },
    )
    typed(target)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** The generator takes a stream of events for one JSON object: to its client it is the text that comes. */
function withTextStreams(document) {
  for (const operations of Object.values(document.paths)) {
    for (const { responses = {} } of Object.values(operations)) {
      for (const { content } of Object.values(responses)) {
        const stream = content?.['text/event-stream']
        if (stream !== undefined) stream.schema = { type: 'string' }
      }
    }
  }
  return document
}

/** What the generator leaves that `mypy --strict` does not pass, and the mark that says that all is typed. */
function typed(target) {
  const client = join(target, 'client.py')
  const text = readFileSync(client, 'utf8')
  // httpx wants the three arguments of an exit as what they are.
  const passed = text.replace(
    /__a?exit__\(\*args, \*\*kwargs\)$/gm,
    '$&  # type: ignore[arg-type]',
  )
  if (passed === text) throw new Error(`${client}: the generator writes it differently now`)
  writeFileSync(client, passed)
  for (const name of readdirSync(join(target, 'models'))) {
    const model = join(target, 'models', name)
    writeFileSync(model, ownName(readFileSync(model, 'utf8')))
  }
  writeFileSync(join(target, 'py.typed'), '')
}

/** A model that has a field of its own name holds both in one variable, of two types. */
function ownName(text) {
  const name = /^ {8}(\w+) = cls\(/m.exec(text)?.[1]
  const uses = text.match(new RegExp(`^ {8}${name}(?:: [^=]+)? = `, 'gm')) ?? []
  if (name === undefined || uses.length < 2) return text
  return text.replace(`        ${name} = cls(`, '        made = cls(')
    .replace(`        ${name}.additional_properties = d`, '        made.additional_properties = d')
    .replace(new RegExp(`^ {8}return ${name}$`, 'm'), '        return made')
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
