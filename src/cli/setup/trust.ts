import { Buffer } from 'node:buffer'
import { dirname, join } from 'node:path'
import { withoutTrust } from '../../setup/codex-state.ts'
import type { Host } from '../../setup/hosts.ts'
import { type Environment, ownVariables } from '../config.ts'
import { type Codex, codexTrust, type Trust, trustCodex } from './codex-trust.ts'
import { locked } from './lock.ts'
import { directoryOf, type Scope, type Target, targetsOf } from './place.ts'
import { backUp, dropReceipt, isUntouched, keepReceipt, readReceipt } from './receipt.ts'
import { digestOf, readSettings, removeSettings, writeSettings } from './settings-file.ts'

/**
 * Where a host runs only hooks that somebody trusted: see to it, and remember what its own settings were.
 * Undefined where there is no such thing.
 */
export async function trustIn(
  host: Host,
  scope: Scope,
  environment: Environment,
): Promise<Trust | undefined> {
  if (host.name !== 'codex') return undefined
  const { home } = environment
  return await locked(home, async () => {
    const config = configOf(host, environment)
    const before = await readSettings(config.path)
    const known = await readReceipt(home, config)
    const trust = await trustCodex(codexOf(host, scope, environment))
    const after = await readSettings(config.path)
    if (after === undefined || (before !== undefined && digestOf(before) === digestOf(after))) {
      return trust
    }
    if (before !== undefined) await backUp(home, config, before)
    const { file } = codexOf(host, scope, environment)
    const text = before === undefined ? undefined : withoutTrust(before.text, file)
    const isKnown = known !== undefined && before !== undefined && isUntouched(known, before)
    await keepReceipt(home, config, {
      version: 1,
      host: host.name,
      path: config.path,
      before: isKnown
        ? known.before
        : text === undefined
        ? null
        : Buffer.from(text, 'utf8').toString('base64'),
      after: digestOf(after),
      made: [],
    })
    return trust
  })
}

/** The same, only asked. */
export async function isTrustedIn(
  host: Host,
  scope: Scope,
  environment: Environment,
): Promise<Trust | undefined> {
  return host.name === 'codex' ? await codexTrust(codexOf(host, scope, environment)) : undefined
}

/** Take the trust back out of the host's settings: as they were where nobody edited them, else ours alone. */
export async function forgetTrust(
  host: Host,
  scope: Scope,
  environment: Environment,
): Promise<void> {
  if (host.name !== 'codex') return
  const { home } = environment
  await locked(home, async () => {
    const config = configOf(host, environment)
    const now = await readSettings(config.path)
    const known = await readReceipt(home, config)
    if (now === undefined) return await dropReceipt(home, config)
    const { path } = config
    const isAsWritten = known !== undefined && isUntouched(known, now)
    if (isAsWritten && known.before === null) await removeSettings(path, now)
    else {
      const text = isAsWritten
        ? Buffer.from(known.before!, 'base64').toString('utf8')
        : withoutTrust(now.text, codexOf(host, scope, environment).file)
      const content = new Uint8Array(Buffer.from(text, 'utf8'))
      if (text !== now.text) await writeSettings({ path, content, mode: now.mode, before: now })
    }
    await dropReceipt(home, config)
  })
}

function codexOf(host: Host, scope: Scope, environment: Environment): Codex {
  const [target] = targetsOf(host, scope, environment)
  const cwd = scope.kind === 'project' ? scope.root : environment.userHome
  const env = { ...ownVariables(), PATH: environment.variable('PATH'), HOME: environment.userHome }
  return { file: target!.path, cwd, env }
}

/** The file that Codex keeps trust in: the person's, whosever hooks they are. */
function configOf(host: Host, environment: Environment): Target {
  const path = join(directoryOf(host, environment), 'config.toml')
  return { host, plan: host.user.plans[0]!, path, base: dirname(path) }
}
