import type { Via } from '../audit/event.ts'
import { RampartError } from '../errors.ts'
import type { Caller } from './api.ts'
import { recordLater, recordStrictly } from './record.ts'
import type { Services } from './services.ts'
import { entryOf } from './sessions.ts'
import { equalInConstantTime } from './tokens.ts'

/** How long a code may be entered, and how long what it opens stays open, ms. */
export const STEP_CODE_MS = 60_000
export const STEPPED_MS = 5 * 60_000
/** Wrong codes after which the right one is void. */
const TRIES = 5
/** Letters and digits that no one mistakes for another: 32 of them, so a byte gives each the same chance. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 8

/**
 * A person at the terminal proves anew that it is they who sit before the dashboard: what is kept for good
 * needs that, for an agent may drive the person's browser (security.md F19).
 */
export interface StepUps {
  /** `forbidden` for anyone but the person's own credential. A new code makes the one before void. */
  issue(caller: Caller, via: Via): Promise<{ readonly code: string; readonly expiresAt: number }>
  /** Resolves with when it ends; `forbidden` for a wrong, late or used code. */
  enter(caller: Caller, code: string): Promise<number>
  isFresh(session: string): boolean
}

type Needs = Pick<
  Services,
  'audit' | 'approvals' | 'clock' | 'ids' | 'log' | 'settings' | 'switches'
>

/** Kept in this process: a restart ends them with the sessions. */
export function createStepUps(services: Needs): StepUps {
  const { clock } = services
  const fresh = new Map<string, number>()
  let open: { readonly code: string; readonly expiresAt: number; tries: number } | undefined
  return {
    async issue(caller, via) {
      if (caller.principal !== 'admin' || caller.dashboard !== undefined) {
        throw new RampartError('forbidden', "Only the person's own token makes such a code")
      }
      await recordStrictly(entryOf('step_up_code', {}, via), services)
      open = { code: newCode(), expiresAt: clock.now() + STEP_CODE_MS, tries: 0 }
      return { code: shown(open.code), expiresAt: open.expiresAt }
    },
    async enter({ dashboard: session }, given) {
      const known = open
      const now = clock.now()
      if (session === undefined || known === undefined || now >= known.expiresAt) throw refused()
      if (!equalInConstantTime(known.code, plain(given))) {
        known.tries += 1
        if (known.tries >= TRIES && open === known) open = undefined
        await recordLater(entryOf('step_up_refused', { session }, 'dashboard'), services)
        throw refused()
      }
      // Before anything is awaited: of two who enter it one has it.
      open = undefined
      await recordStrictly(entryOf('stepped_up', { session }, 'dashboard'), services)
      for (const [one, until] of fresh) if (now >= until) fresh.delete(one)
      fresh.set(session, now + STEPPED_MS)
      return now + STEPPED_MS
    },
    isFresh: (session) => clock.now() < (fresh.get(session) ?? 0),
  }
}

/** @throws RampartError `step_up_required` where the dashboard keeps something and nobody proved who they are */
export function checkStepped({ dashboard, stepped }: Caller): void {
  if (dashboard === undefined || stepped === true) return
  throw new RampartError(
    'step_up_required',
    'What is kept for good needs a code from a terminal: rampart dashboard step-up',
  )
}

function newCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH))
  return Array.from(bytes, (byte) => LETTERS[byte & 31]).join('')
}

function shown(code: string): string {
  return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`
}

/** As it was typed: in any case, with blanks and hyphens. */
function plain(given: string): string {
  return given.toUpperCase().replace(/[\s-]/g, '')
}

function refused(): RampartError {
  return new RampartError('forbidden', 'The code is not valid: rampart dashboard step-up')
}
