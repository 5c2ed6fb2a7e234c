import type { Json } from '../engine/types.ts'
import type { HostName } from './host.ts'
import { LAST_WORDS } from './refusals.ts'
import { refusedText } from './texts.ts'

/** What the hook prints and how it ends: text for stdout with 0, for stderr with 2. Never another code. */
export interface HookAnswer {
  readonly exit: 0 | 2
  readonly text: string
}

/** Largest event that is read, in bytes. */
export const EVENT_LIMIT = 8 << 20

export function printed(answer: Json): HookAnswer {
  return { exit: 0, text: `${JSON.stringify(answer)}\n` }
}

/** A denial for an event that nobody could read, in the host's form; by exit code where no host is known. */
export function refused(host: HostName | undefined, why: string): HookAnswer {
  const reason = refusedText(why)
  return host === undefined
    ? { exit: 2, text: `${reason}\n` }
    : printed(LAST_WORDS[host].refuse(reason))
}

/** A denial because Rampart itself failed: by exit code, or as JSON where the host lets that code pass. */
export function defect(host: HostName | undefined): HookAnswer {
  const exits = host === undefined || LAST_WORDS[host].exitsTwo
  return exits
    ? { exit: 2, text: `${refusedText('deciding failed')}\n` }
    : refused(host, 'deciding failed')
}
