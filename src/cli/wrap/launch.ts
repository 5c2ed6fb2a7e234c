import { rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { randomHex } from '../../adapters/hash.ts'
import { RampartError } from '../../errors.ts'
import { selfCommand } from '../../runtime/self.ts'
import { type Invocation, textFlag } from '../command.ts'
import { type Config, loadConfig, ownVariables } from '../config.ts'
import { outliveReaders, safe } from '../output.ts'
import { prepareState } from '../state.ts'
import { runChild } from './child.ts'
import { childEnvironment, type Governed, settingsFor } from './child-env.ts'
import { coverage } from './covers.ts'
import { removeWrapDirectory } from './directory.ts'
import { mayStart } from './first.ts'
import { joined } from './join.ts'
import { oneAtATime } from './lock.ts'
import { nativeFile } from './native.ts'
import { DEFAULT_PATH, findProgram } from './program.ts'
import { endUnused, type Found } from './server.ts'
import { linkShells, selfScript, shimScript } from './shells.ts'
import { privateDirectory } from './short-path.ts'
import { untilSignal } from './signals.ts'
import { leaveTerminal } from './leave.ts'
import { countRun } from './summary.ts'

/** What stands between a program and what it runs. */
export interface Boundary {
  readonly name: 'wrap' | 'preload'
  readonly shells: boolean
  /** `needed`: without it nothing is started. */
  readonly library: 'needed' | 'wanted' | 'none'
}

/**
 * Run the operands as a program that asks before it runs others. Resolves with its exit code, 128+n for a
 * signal, 126 when it was denied; all that was made for it is gone by then.
 *
 * @throws RampartError when there is no server and none can be started, or what is needed is not there.
 */
export async function launch(invocation: Invocation, boundary: Boundary): Promise<number> {
  const { environment: { home }, flags, out } = invocation
  outliveReaders()
  const config = await loadConfig(invocation.environment, { serving: false, flags })
  for (const warning of await prepareState(home)) out.note(safe`${warning}`)
  const { dir, server } = await oneAtATime(home, () => joined(invocation, config))
  const places = [dir]
  const run = async () => {
    try {
      const governed = await prepared(invocation, config, boundary, dir, server, places)
      return await governedRun(invocation, config, governed)
    } finally {
      await oneAtATime(home, async () => {
        for (const place of places) removeWrapDirectory(place)
        await endUnused(home)
      })
    }
  }
  const code = await run()
  await leaveTerminal(code)
  return code
}

/** Everything the program needs to know, and the files that it needs. */
async function prepared(
  invocation: Invocation,
  config: Config,
  boundary: Boundary,
  dir: string,
  server: Found,
  places: string[],
): Promise<Governed> {
  const { environment: { home, variables }, flags, operands } = invocation
  const library = await libraryFor(invocation, boundary, operands[0]!, places)
  const self = selfCommand()
  const preloads = (variables['RAMPART_PRELOAD'] ?? '').split(',')
  const run = `${boundary.name}-${randomHex(8)}`
  const governed: Governed = {
    home,
    socket: server.socket,
    agent: textFlag(invocation, 'agent') ?? variables['RAMPART_AGENT'] ?? boundary.name,
    session: textFlag(invocation, 'session') ?? variables['RAMPART_SESSION'] ?? run,
    run,
    bin: self.length === 1 ? self[0]! : selfScript(join(dir, 'rampart'), self),
    failOpen: config.values.failure === 'open' && variables['RAMPART_FAIL_OPEN'] !== '0',
    quiet: variables['RAMPART_QUIET'] === '1',
    timeoutMs: /^[1-9]\d{2,4}$/.exec(variables['RAMPART_TIMEOUT_MS'] ?? '')?.[0],
    library,
    asked: false,
    // An environment may ask for more, as the library's own variable does.
    files: flags.has('files') || preloads.includes('file'),
    net: flags.has('net') || preloads.includes('net'),
    shells: undefined,
  }
  if (!boundary.shells) return governed
  const bin = join(dir, 'bin')
  const names = linkShells(bin, await shimFor(home, bin, server.socket), settingsFor(governed))
  return { ...governed, shells: { dir: bin, names } }
}

/** The library under a path that the loader can read; undefined where it cannot help, which is said. */
async function libraryFor(
  { environment: { home }, out }: Invocation,
  { library }: Boundary,
  program: string,
  places: string[],
): Promise<string | undefined> {
  if (library === 'none') return undefined
  const native = await nativeFile(home, 'librampart.so')
  if (!('path' in native)) {
    if (library === 'needed') throw new RampartError('unavailable', native.why)
    out.note(safe`the shells alone are asked about: ${native.why}`)
    return undefined
  }
  const { covered, reason, why } = coverage(program, ownVariables()['PATH'])
  if (!covered && reason !== 'not_found' && reason !== 'not_executable') {
    out.note(safe`warning: ${program} itself is not covered by the library: ${why}`)
  }
  // Blanks and colons separate the loader's list, and a dollar sign begins a name in it.
  if (!/[\s:$]/.test(native.path)) return native.path
  const dir = privateDirectory(places[0]!)
  places.push(dir)
  const link = join(dir, basename(native.path))
  rmSync(link, { force: true })
  symlinkSync(native.path, link)
  return link
}

/** The shim in C; where it cannot be had the one in sh, which is slower. */
async function shimFor(home: string, bin: string, socket: string): Promise<string> {
  const native = await nativeFile(home, 'rampart-shim')
  return 'path' in native ? native.path : shimScript(bin, { home, socket })
}

async function governedRun(
  invocation: Invocation,
  config: Config,
  governed: Governed,
): Promise<number> {
  const { out, operands, flags } = invocation
  const [name = '', ...args] = operands
  const path = childEnvironment(ownVariables(), governed)['PATH'] ?? DEFAULT_PATH
  const found = findProgram(name, path)
  if (!('path' in found)) {
    out.note(safe`${found.why}`)
    return found.code
  }
  const program = found.path
  // A shell of ours asks about what it would run, which says more than its name.
  const asked = governed.shells === undefined || !program.startsWith(`${governed.shells.dir}/`)
  const denied = asked ? await deniedStart(invocation, governed, program) : undefined
  if (denied !== undefined) return denied
  const env = childEnvironment(ownVariables(), { ...governed, asked })
  const shell = governed.shells?.names.includes('sh') ? join(governed.shells.dir, 'sh') : '/bin/sh'
  const ended = await runChild({ program, name, args, env, shell })
  if ('why' in ended) out.note(safe`${ended.why}`)
  if (!flags.has('quiet')) await sayCounts(invocation, config, governed.run, ended.code)
  return ended.code
}

/** The exit code where the program may not be started; that is said. */
async function deniedStart(
  { operands, out }: Invocation,
  governed: Governed,
  program: string,
): Promise<number | undefined> {
  const interrupted = untilSignal()
  const verdict = await mayStart(governed, operands, program, interrupted.signal)
  interrupted.stop()
  if (verdict.allowed) return undefined
  out.note(safe`blocked: ${verdict.message} (${verdict.policy})`)
  return interrupted.code() ?? 126
}

async function sayCounts(
  { environment, out, ...left }: Invocation,
  config: Config,
  run: string,
  code: number,
): Promise<void> {
  // An address out of the environment is not where these calls were asked about.
  const invocation = { ...left, out, environment: { ...environment, url: undefined } }
  const counts = await countRun(invocation, config, run)
  if (counts === undefined) return
  const { evaluated, denied, asked, logged } = counts
  // Nothing ran: the one line that says why has said it all. A late server and who decided in its place
  // may both have been asked.
  if (code === 126 && evaluated === denied) return
  out.note(safe`${evaluated} evaluated, ${denied} denied, ${asked} asked, ${logged} logged`)
}
