import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Host, HOSTS } from '../../setup/hosts.ts'
import type { Environment } from '../config.ts'
import { holdsOurs } from '../setup/change.ts'
import { targetsOf } from '../setup/place.ts'
import { readSettings } from '../setup/settings-file.ts'
import { findProgram } from '../wrap/program.ts'

/** A host that is on this machine, and how that is known. */
export interface Detected {
  readonly host: Host
  readonly why: string
}

/** Hosts whose program is in PATH, or that were used by this person. */
export function detect(environment: Environment): Detected[] {
  return HOSTS.flatMap((host) => {
    const path = environment.variable('PATH') ?? ''
    for (const name of host.programs) {
      const found = findProgram(name, path)
      if ('path' in found) return [{ host, why: found.path }]
    }
    const trace = host.traces.map((below) => join(environment.userHome, below)).find(existsSync)
    return trace === undefined ? [] : [{ host, why: trace }]
  })
}

/** Hosts in whose own settings a hook of ours stands, whatever it is worth. */
export async function setUp(environment: Environment): Promise<Host[]> {
  const flags = await Promise.all(HOSTS.map(async (host) => {
    const targets = targetsOf(host, { kind: 'user' }, environment)
    const held = await Promise.all(targets.map(async (target) => {
      const settings = await readSettings(target.path).catch(() => undefined)
      try {
        return settings !== undefined && holdsOurs(target, settings)
      } catch {
        // What nobody can read holds nothing that a host would run.
        return false
      }
    }))
    return held.includes(true)
  }))
  return HOSTS.filter((_, index) => flags[index])
}
