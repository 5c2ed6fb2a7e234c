import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { accountHome } from '../../src/adapters/account-home.ts'
import { selfCommand } from '../../src/runtime/self.ts'
import { CLI } from '../e2e/server.ts'
import { literal } from './page.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`

/** Somebody who reads a page and types what it says, in a home of their own. */
export interface Reader {
  /** Save a file: in the home where its name begins with `~`, else in the directory of the page. */
  save(name: string, text: string): void
  /** Type commands into one shell, in order. */
  type(commands: readonly string[]): readonly Typed[]
  /** Start a command and go on once it has printed this, or has ended. Gives what it printed. */
  start(command: string, until: RegExp): Promise<string>
  /** End all that was started, and leave nothing behind. */
  leave(): Promise<void>
}

export interface Typed {
  readonly code: number
  readonly printed: string
}

/** Ends the output of a command; its exit code follows. */
const MARK = '\u001e'

export function createReader(): Reader {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-docs-')))
  const home = join(base, 'home')
  const cwd = join(home, 'project')
  const started: ChildProcess[] = []
  prepare(base, home, cwd)
  const env = environmentIn(base, home)

  function save(name: string, text: string): void {
    const path = name.startsWith('~/') ? join(home, name.slice(2)) : join(cwd, name)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, text, { mode: 0o600 })
  }

  function type(commands: readonly string[]): readonly Typed[] {
    const ends = `typed=$?; printf '${MARK}%s\\n' "$typed"; (exit "$typed")`
    const script = ['exec 2>&1', ...commands.map((one) => `${asTyped(one, home)}\n${ends}`)]
    const { stdout, error } = spawnSync('/bin/sh', ['-c', script.join('\n')], {
      cwd,
      env,
      encoding: 'utf8',
      maxBuffer: 1 << 24,
    })
    if (error) throw error
    const all = stdout.matchAll(new RegExp(`([^${MARK}]*)${MARK}(\\d+)\n`, 'g'))
    return [...all].map(([, text, code]) => ({
      code: Number(code),
      printed: asShown(text === '' || text!.endsWith('\n') ? text! : `${text}\n`, home),
    }))
  }

  function start(command: string, until: RegExp): Promise<string> {
    // A group of its own, so that what the shell starts ends with it.
    const child = spawn('/bin/sh', ['-c', `exec 2>&1\n${asTyped(command, home)}`], {
      cwd: command.startsWith('npm ') ? ROOT : cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    started.push(child)
    let printed = ''
    return new Promise((resolve) => {
      const look = () => until.test(asShown(printed, home)) && resolve(asShown(printed, home))
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        printed += chunk
        look()
      })
      child.on('close', () => resolve(asShown(printed, home)))
    })
  }

  async function leave(): Promise<void> {
    for (const child of started) await end(child)
    if (existsSync(join(home, '.rampart/run/serve.json'))) type(['rampart serve stop'])
    rmSync(base, { recursive: true, force: true })
  }

  return { save, type, start, leave }
}

/** `rampart` is ours on the runtime of this test, and a server takes any free port. */
function prepare(base: string, home: string, cwd: string): void {
  for (const dir of [join(base, 'bin'), home, cwd]) mkdirSync(dir, { mode: 0o700 })
  const state = join(home, '.rampart')
  mkdirSync(state, { mode: 0o700 })
  writeFileSync(join(state, 'config.yaml'), 'addr: 127.0.0.1:0\n', { mode: 0o600 })
  const self = [...selfCommand().slice(0, -1), CLI]
  const program = join(base, 'bin', 'rampart')
  writeFileSync(program, `#!/bin/sh\nexec ${self.map(quote).join(' ')} "$@"\n`)
  chmodSync(program, 0o700)
}

function environmentIn(base: string, home: string): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('RAMPART_'))
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    RAMPART_HOME: join(home, '.rampart'),
    PATH: [join(base, 'bin'), process.env['PATH']].join(delimiter),
    NO_COLOR: '1',
    // What a page installs by pip is here already.
    PYTHONPATH: join(ROOT, 'openapi', 'python'),
    PYTHONDONTWRITEBYTECODE: '1',
    // What it prints stands in the order in which a terminal shows it.
    PYTHONUNBUFFERED: '1',
    // Only Node heeds it: most of what these commands take is reading the source again.
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(base, 'compiled'),
  }
}

const PORT = '127.0.0.1:9090'

/** The address of the server that runs, where the page has the usual one. */
function addressIn(home: string): string {
  try {
    const { url } = JSON.parse(readFileSync(join(home, '.rampart/run/serve.json'), 'utf8'))
    return new URL(url).host
  } catch {
    return PORT
  }
}

function asTyped(command: string, home: string): string {
  return command.replaceAll(PORT, addressIn(home))
}

/** What was printed, with the names that a page has for this home and this server. */
function asShown(text: string, home: string): string {
  const real = accountHome()
  const named = text.replaceAll(home, '/home/you').replaceAll(addressIn(home), PORT)
  if (real === '/') return named
  return named.replaceAll(new RegExp(`(?<![\\w/])${literal(real)}(?=[/"\\s])`, 'g'), '/home/you')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = new Promise((resolve) => child.on('close', resolve))
  try {
    process.kill(-child.pid!, 'SIGTERM')
  } catch {
    child.kill()
  }
  await closed
}
