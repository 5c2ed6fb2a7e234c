import type { Json } from '../engine/types.ts'
import { type Host, HOST_NAMES, type HostName } from './host.ts'

/** Every host that can be answered, each loaded when it is asked for: a hook answers one of them. */
const LOADS: Readonly<Record<HostName, () => Promise<Host>>> = {
  'claude-code': async () => (await import('./claude-code.ts')).claudeCode,
  codex: async () => (await import('./codex.ts')).codex,
  cline: async () => (await import('./cline.ts')).cline,
  cursor: async () => (await import('./cursor.ts')).cursor,
  gemini: async () => (await import('./gemini.ts')).gemini,
  copilot: async () => (await import('./copilot.ts')).copilot,
  antigravity: async () => (await import('./antigravity.ts')).antigravity,
  opencode: async () => (await import('./opencode.ts')).opencode,
  openclaw: async () => (await import('./openclaw.ts')).openclaw,
  generic: async () => (await import('./generic.ts')).generic,
}

/** The name of a host, as `--format` takes it; undefined for any other text. */
export function hostName(text: string): HostName | undefined {
  return HOST_NAMES.find((name) => name === text)
}

/** The host of that name; undefined where there is none. */
export async function loadHost(text: string): Promise<Host | undefined> {
  const name = hostName(text)
  return name === undefined ? undefined : await LOADS[name]()
}

/** The host that an event comes from, by its shape; undefined where none or several fit. */
export async function recogniseHost(
  event: Readonly<Record<string, Json>>,
): Promise<Host | undefined> {
  const hosts = await Promise.all(Object.values(LOADS).map((load) => load()))
  const fits = hosts.filter((host) => host.looksLike(event))
  return fits.length === 1 ? fits[0] : undefined
}
