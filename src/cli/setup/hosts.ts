import { createFactReader } from '../../adapters/fact-reader.ts'
import { RampartError } from '../../errors.ts'
import { type HookCall, hookCall, type HookProgram } from '../../setup/command-line.ts'
import { type Host, HOSTS } from '../../setup/hosts.ts'
import { socketOf } from '../boundary.ts'
import type { Invocation } from '../command.ts'
import { type Config, type Environment, loadConfig } from '../config.ts'
import type { Scope } from './place.ts'
import { hookProgram, plannedProgram } from './program.ts'

/** Other words for a host that people type. */
const ALIASES: Readonly<Record<string, string>> = {
  claude: 'claude-code',
  'gemini-cli': 'gemini',
  'copilot-cli': 'copilot',
  agy: 'antigravity',
}

/** Beyond the time that a person has to answer: the way there and back. */
const MARGIN_S = 30
const LONGEST_S = 3600

/** @throws RampartError `usage` with all names when it is none of them. */
export function hostNamed(word: string): Host {
  const name = ALIASES[word] ?? word
  const host = HOSTS.find((one) => one.name === name)
  if (host !== undefined) return host
  const names = HOSTS.map((one) => one.name).join(', ')
  throw new RampartError('usage', `"${word}" is no agent that setup knows: ${names}`)
}

/** What a host is to run for a hook, and how long it is to wait, as things are now. */
export async function callFor(
  host: Host,
  { environment, flags }: Pick<Invocation, 'environment' | 'flags'>,
): Promise<HookCall> {
  const config = await loadConfig(environment, { serving: false, flags })
  return callWith(host, environment, config)
}

/** The same from a configuration that was read before. */
export function callWith(host: Host, { home }: Environment, config: Config): HookCall {
  return callTo(hookProgram(home), host, home, config)
}

/** What it is told by the next `setup`, which first makes the programs that are missing. */
export async function plannedCall(
  host: Host,
  { environment, flags }: Pick<Invocation, 'environment' | 'flags'>,
): Promise<HookCall> {
  const config = await loadConfig(environment, { serving: false, flags })
  const { home } = environment
  return callTo(await plannedProgram(home), host, home, config)
}

function callTo(program: HookProgram, host: Host, home: string, config: Config): HookCall {
  const patience = Math.ceil(config.values.approval_timeout / 1000) + MARGIN_S
  const seconds = host.waits ?? Math.min(patience, LONGEST_S)
  return hookCall(program, host.name, { home, socket: socketOf(config, home), seconds })
}

/**
 * Whose settings are meant: `--user` unless `--project`, which means the git work tree that we stand in.
 *
 * @throws RampartError `usage` for both, and outside of a work tree.
 */
export async function scopeOf({ flags }: Pick<Invocation, 'flags'>, cwd: string): Promise<Scope> {
  if (!flags.has('project')) return { kind: 'user' }
  if (flags.has('user')) throw new RampartError('usage', '--project or --user, not both')
  const facts = createFactReader({ monotonic: () => performance.now() })
  const root = await facts.projectRoot(cwd)
  if (root !== undefined) return { kind: 'project', root }
  throw new RampartError('usage', `${cwd} is in no git work tree: --project needs one`)
}
