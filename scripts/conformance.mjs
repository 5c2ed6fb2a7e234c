// `npm run conformance [-- --examples N] [--write] [RUNTIME…]`: schemathesis, all its checks and phases, against `rampart serve`
// on each runtime, by the description that it serves. Ends with 1 when one finds something. `--write` puts the results into
// docs/conformance.md. Needs python3; schemathesis comes from the package registry into build/.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const VERSION = '4.32.5'
const PHASES = 'examples,coverage,fuzzing,stateful'
const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')
const cli = join(root, 'src', 'cli.ts')
const RUNTIMES = {
  node: [join(modules, '.bin', 'node'), cli],
  bun: [join(modules, '.bin', 'bun'), '--no-env-file', cli],
  deno: [join(modules, 'deno', 'deno'), 'run', '-A', '--no-check', cli],
}

/** The program, in a virtual environment of its own. */
function schemathesis() {
  const dir = join(root, 'build', `schemathesis-${VERSION}`)
  const program = join(dir, 'bin', 'schemathesis')
  if (existsSync(program)) return program
  for (
    const [command, ...argv] of [
      ['python3', '-m', 'venv', dir],
      [join(dir, 'bin', 'pip'), 'install', '--quiet', `schemathesis==${VERSION}`],
    ]
  ) {
    const { status, error } = spawnSync(command, argv, { stdio: ['ignore', 2, 2] })
    if (error || status !== 0) {
      rmSync(dir, { recursive: true, force: true })
      throw error ?? new Error(`${command} ended with ${status}`)
    }
  }
  return program
}

/** A server in a home of its own; nobody is there to answer, so questions are short. */
async function served(command, home) {
  const child = spawn(command[0], [
    ...command.slice(1),
    ...[
      'serve',
      '--addr',
      '127.0.0.1:0',
      '--home',
      join(home, 'state'),
      '--approval-timeout',
      '1s',
    ],
  ], { env: { PATH: process.env.PATH, HOME: home }, stdio: 'ignore' })
  const file = join(home, 'state', 'run', 'serve.json')
  while (!existsSync(file)) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    await setTimeout(50)
  }
  const { url } = JSON.parse(readFileSync(file, 'utf8'))
  return { child, url, token: readFileSync(join(home, 'state', 'token'), 'utf8').trim() }
}

/** One run: what it printed, and whether it found nothing. */
async function conforms(runtime, examples) {
  const home = mkdtempSync(join(tmpdir(), 'rampart-conformance-'))
  const { child, url, token } = await served(RUNTIMES[runtime], home)
  try {
    const began = performance.now()
    const { stdout, status } = await output(schemathesis(), [
      ...[
        '--config-file',
        join(root, 'openapi', 'schemathesis.toml'),
        'run',
        `${url}/openapi.json`,
      ],
      ...['--header', `Authorization: Bearer ${token}`, '--max-examples', String(examples)],
      ...['--phases', PHASES, '--request-timeout', '30', '--workers', '1', '--no-color'],
      ...['--suppress-health-check', 'all', '--generation-database', 'none', '--seed', '1'],
    ], home)
    return { stdout, ok: status === 0 && child.exitCode === null, ms: performance.now() - began }
  } finally {
    child.kill('SIGKILL')
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

function output(command, argv, cwd) {
  const child = spawn(command, argv, { cwd, stdio: ['ignore', 'pipe', 2] })
  let stdout = ''
  child.stdout.on('data', (chunk) => stdout += String(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ stdout, status }))
  })
}

/** `Test cases:` and what follows it, in one line. */
const counted = (text) => /^ {2}(\d+ generated.*)$/m.exec(text)?.[1] ?? 'no result'

const args = process.argv.slice(2)
const at = args.indexOf('--examples')
const examples = at < 0 ? 2000 : Number(args[at + 1])
const wanted = args.filter((one) => Object.hasOwn(RUNTIMES, one))
const rows = []
let failed = false
for (const runtime of wanted.length > 0 ? wanted : Object.keys(RUNTIMES)) {
  const { stdout, ok, ms } = await conforms(runtime, examples)
  if (!ok) process.stdout.write(stdout)
  failed ||= !ok
  const row = `${runtime}: ${ok ? 'nothing found' : 'FAILED'}, ${counted(stdout)}, ${
    Math.round(ms / 1000)
  } s`
  process.stdout.write(`${row}\n`)
  rows.push(
    `| ${runtime} | ${ok ? 'nothing found' : 'failed'} | ${counted(stdout)} | ${
      Math.round(ms / 1000)
    } s |`,
  )
}
if (args.includes('--write')) {
  const page = join(root, 'docs', 'conformance.md')
  const text = readFileSync(page, 'utf8')
  const table = [
    `\`npm run conformance -- --examples ${examples}\` on ${
      new Date().toISOString().slice(0, 10)
    }, ${cpus().length} cores, schemathesis ${VERSION}:`,
    '',
    '| runtime | result | test cases | took |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
  writeFileSync(
    page,
    text.replace(/(<!-- results -->\n)[\s\S]*(<!-- end -->)/, `$1\n${table}\n\n$2`),
  )
}
process.exit(failed ? 1 : 0)
