import type { Json } from '../engine/types.ts'
import { claudeCode } from './claude-code.ts'
import { type Host, HOST_NAMES, type HostName } from './host.ts'

/** Every host that can be answered, by its name as `--format` takes it. */
export const HOSTS: Readonly<Partial<Record<HostName, Host>>> = {
  'claude-code': claudeCode,
}

export { type Host, HOST_NAMES, type HostName }

export function hostNamed(name: string): Host | undefined {
  return Object.hasOwn(HOSTS, name) ? HOSTS[name as HostName] : undefined
}

/** The host that an event comes from, by its shape; undefined where none or several fit. */
export function hostOf(event: Readonly<Record<string, Json>>): Host | undefined {
  const fits = Object.values(HOSTS).filter((host) => host.looksLike(event))
  return fits.length === 1 ? fits[0] : undefined
}
