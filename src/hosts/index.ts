import type { Json } from '../engine/types.ts'
import { antigravity } from './antigravity.ts'
import { claudeCode } from './claude-code.ts'
import { cline } from './cline.ts'
import { codex } from './codex.ts'
import { copilot } from './copilot.ts'
import { cursor } from './cursor.ts'
import { gemini } from './gemini.ts'
import { generic } from './generic.ts'
import { type Host, HOST_NAMES, type HostName } from './host.ts'
import { openclaw } from './openclaw.ts'
import { opencode } from './opencode.ts'

/** Every host that can be answered, by its name as `--format` takes it. */
export const HOSTS: Readonly<Record<HostName, Host>> = {
  'claude-code': claudeCode,
  codex,
  cline,
  cursor,
  gemini,
  copilot,
  antigravity,
  opencode,
  openclaw,
  generic,
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
