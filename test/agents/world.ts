import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { ROOT } from '../e2e/server.ts'
import type { Agent, Mode, Place } from './agent.ts'
import { type Model, type Plan, type Seen, startModel } from './model/server.ts'

const RAMPART = join(ROOT, 'dist', 'rampart')
/** Longer than any agent needs for one call; what lasts longer hangs. */
const PATIENCE_MS = 120_000

/** `standard`, and one command that a person is asked about. */
const POLICY = `version: "1"
default_action: allow
extends: standard
policies:
  - name: agents
    rules:
      - action: require_approval
        when: { command_matches: ['touch *asked'] }
        message: A person decides about this
      - action: require_approval
        when: { path_matches: ['**/*-file-asked'] }
        message: A person decides about this
`

export interface Ran extends Seen {
  readonly code: number | null
  readonly late: boolean
  readonly printed: string
}

export interface Decided {
  readonly via: string
  readonly action: string
}

/** One agent in a home of its own, with a model of ours. */
export interface World {
  readonly place: Place
  rampart(...argv: readonly string[]): { readonly code: number | null; readonly out: string }
  /** Run the agent to its end; its model calls what the plan says. */
  run(mode: Mode, plan: Plan): Promise<Ran>
  serve(): Promise<Server>
  /** A file in the work directory that a call makes. */
  marker(name: string): Marker
  /** What was decided since the last look, oldest first. */
  decided(): readonly Decided[]
  close(): Promise<void>
}

export interface Marker {
  readonly path: string
  readonly made: () => boolean
}

export interface Server {
  readonly url: string
  readonly token: string
  stop(): Promise<void>
}

export async function makeWorld(agent: Agent, program: string): Promise<World> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'rampart-agent-')))
  const [home, work, tmp] = ['home', 'work', 'tmp'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ]
  for (const dir of [home, work, tmp, join(home, '.ssh')]) mkdirSync(dir, { recursive: true })
  writeFileSync(join(home, '.ssh/id_rsa'), 'a key that opens nothing\n', { mode: 0o600 })
  const model = await startModel()
  const envFor = (mode: Mode) => environment(agent, { home, tmp, model, program }, mode)
  const env = envFor('free')
  const place: Place = { home, work, model: model.url, program, env }
  agent.prepare?.(place)
  const policies = join(home, '.rampart/policies')
  mkdirSync(policies, { recursive: true, mode: 0o700 })
  writeFileSync(join(policies, 'agents.yaml'), POLICY, { mode: 0o600 })
  let told = 0
  let server: Server | undefined
  return {
    place,
    rampart: (...argv) => rampart(argv, place),
    async run(mode, plan) {
      const seen = model.play(plan)
      const argv = agent.argv(mode, 'Do what you are told.', place)
      const ran = await runToEnd(program, argv, envFor(mode), work)
      endAll(home, server === undefined ? [] : ['rampart'])
      return Object.assign(seen, ran)
    },
    async serve() {
      server = await serve(place)
      return server
    },
    marker(name) {
      const path = join(work, name)
      return { path, made: () => existsSync(path) }
    },
    decided() {
      const all = trail(home)
      const fresh = all.slice(told)
      told = all.length
      return fresh
    },
    async close() {
      await server?.stop()
      await model.close()
      endAll(home, [])
      rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

interface Ground {
  readonly home: string
  readonly tmp: string
  readonly model: Model
  readonly program: string
}

/** Nothing of the caller's environment but PATH; whatever is not loopback goes to the model, which refuses it. */
function environment(
  agent: Agent,
  { home, tmp, model, program }: Ground,
  mode: Mode,
): Record<string, string> {
  const proxies = ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy']
  const own = ['NO_PROXY', 'no_proxy'].map((name) => [name, '127.0.0.1,localhost,::1'])
  return {
    HOME: home,
    // Some are scripts for a Node of today.
    PATH: [dirname(program), dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    USER: 'dev',
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TMPDIR: tmp,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_STATE_HOME: join(home, '.local/state'),
    NO_COLOR: '1',
    CI: '1',
    DO_NOT_TRACK: '1',
    ...Object.fromEntries([...proxies.map((name) => [name, model.url]), ...own]),
    ...agent.env({ home, model: model.url }, mode),
  }
}

function rampart(argv: readonly string[], { env, work }: Place) {
  const { status, stdout, stderr } = spawnSync(RAMPART, argv, {
    env,
    cwd: work,
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  })
  return { code: status, out: `${stdout}${stderr}` }
}

function runToEnd(
  program: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<Pick<Ran, 'code' | 'late' | 'printed'>> {
  return new Promise((resolve) => {
    const child = spawn(program, argv, {
      env,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    let printed = ''
    let late = false
    const add = (text: string) => printed = (printed + text).slice(-20_000)
    child.stdout.setEncoding('utf8').on('data', add)
    child.stderr.setEncoding('utf8').on('data', add)
    const timer = globalThis.setTimeout(() => {
      late = true
      endGroup(child)
    }, PATIENCE_MS)
    child.on('error', (error) => add(error.message))
    // What it left behind may hold its output open: its own end counts.
    child.on('exit', (code) => {
      clearTimeout(timer)
      endGroup(child)
      resolve({ code, late, printed })
    })
  })
}

function endGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGKILL')
  } catch {
    // All of it is gone.
  }
}

/** Agents leave daemons behind: whatever runs with this home ends, but what is named. */
function endAll(home: string, kept: readonly string[]): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const env = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
      const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      if (!env.includes(`HOME=${home}`) || kept.some((name) => program.endsWith(`/${name}`))) {
        continue
      }
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // Gone meanwhile, or somebody else's.
    }
  }
}

async function serve({ env, home, work }: Place): Promise<Server> {
  const child = spawn(RAMPART, ['serve', '--addr', '127.0.0.1:0'], {
    env,
    cwd: work,
    stdio: 'ignore',
  })
  const gone = new Promise<void>((done) => child.on('close', () => done()))
  const stop = async () => {
    child.kill('SIGTERM')
    await gone
  }
  for (let tries = 0; tries < 200; tries++) {
    const file = join(home, '.rampart/run/serve.json')
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    const url = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).url as string : undefined
    const alive = url !== undefined &&
      await fetch(`${url}/healthz`).then(({ ok }) => ok, () => false)
    if (alive) {
      return { url, token: readFileSync(join(home, '.rampart/token'), 'utf8').trim(), stop }
    }
    await setTimeout(50)
  }
  await stop()
  throw new Error('the server does not answer')
}

interface Line {
  readonly kind: string
  readonly via: string
  readonly agent: string
  readonly decision: { readonly action: string }
}

function trail(home: string): Decided[] {
  const dir = join(home, '.rampart/audit')
  if (!existsSync(dir)) return []
  return readdirSync(dir).filter((name) => /^\d.*\.jsonl$/.test(name)).sort()
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as Line)
    .filter(({ kind }) => kind === 'decision')
    .map(({ via, decision }) => ({ via, action: decision.action }))
}
