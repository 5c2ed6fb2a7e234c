import { lstat, mkdir } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { ownershipFault } from '../../adapters/file-owner.ts'
import { codeOf } from '../../adapters/safe-read.ts'
import { RampartError } from '../../errors.ts'
import type { Host, Place, Plan } from '../../setup/hosts.ts'
import type { Environment } from '../config.ts'
import { refusal } from './settings-file.ts'

/** Whose settings: a person's, or those of a project (its work tree). */
export type Scope = { readonly kind: 'user' } | { readonly kind: 'project'; readonly root: string }

/** A file of an installation and where it lies. */
export interface Target {
  readonly host: Host
  readonly plan: Plan
  readonly path: string
  /** Below this nothing may be a link: the home, a directory that a variable names, or the work tree. */
  readonly base: string
}

/**
 * The files of a host in a scope.
 *
 * @throws RampartError where the host takes no hooks from a project.
 */
export function targetsOf(host: Host, scope: Scope, environment: Environment): Target[] {
  const { base, dir, place } = placeOf(host, scope, environment)
  return place.plans.map((plan) => ({ host, plan, base, path: join(dir, plan.path) }))
}

/** Where a host keeps its own settings. */
export function directoryOf(host: Host, environment: Environment): string {
  return placeOf(host, { kind: 'user' }, environment).dir
}

function placeOf(
  host: Host,
  scope: Scope,
  { userHome, variable }: Environment,
): { readonly base: string; readonly dir: string; readonly place: Place } {
  if (scope.kind === 'project') {
    if (host.project === undefined) {
      throw new RampartError('usage', `${host.title} takes no hooks from a project: use --user`)
    }
    return { base: scope.root, dir: join(scope.root, host.project.directory), place: host.project }
  }
  const { user } = host
  const named = user.variable === undefined ? undefined : variable(user.variable.name)
  // A relative one would mean another directory wherever the host is started.
  if (named === undefined || !isAbsolute(named)) {
    return { base: resolve(userHome), dir: resolve(userHome, user.directory), place: user }
  }
  return { base: resolve(named), dir: resolve(named, user.variable?.below ?? ''), place: user }
}

/**
 * Make sure that what is written to a file stays with us: no directory between the base and it is a link, and
 * nobody else could write into any of them. Missing ones are made where that is wanted.
 *
 * @throws RampartError with the directory and what is wrong with it.
 */
export async function safeDirectory(
  { path, base }: Pick<Target, 'path' | 'base'>,
  make: boolean,
): Promise<readonly string[]> {
  const made: string[] = []
  for (const dir of between(base, dirname(path))) {
    const stats = await lstat(dir).catch((error) => {
      if (codeOf(error) !== 'ENOENT') throw refusal(path, `${dir}: ${codeOf(error)}`)
      return undefined
    })
    if (stats === undefined) {
      if (!make) return made
      await mkdir(dir, { mode: 0o700 }).catch((error) => {
        throw refusal(path, `${dir} cannot be made: ${codeOf(error)}`)
      })
      made.push(dir)
    } else if (stats.isSymbolicLink()) {
      throw refusal(path, `${dir} is a symbolic link`)
    } else if (!stats.isDirectory()) {
      throw refusal(path, `${dir} is no directory`)
    }
  }
  const fault = await ownershipFault(dirname(path), 'self')
  if (fault !== undefined) throw refusal(path, fault)
  return made
}

/** Directories from a base down to one below it, the base first. */
function between(base: string, dir: string): string[] {
  const names = relative(base, dir).split('/').filter((name) => name !== '')
  // What lies elsewhere has only itself.
  if (names[0] === '..') return [dir]
  return [base, ...names.map((_, index) => join(base, ...names.slice(0, index + 1)))]
}
