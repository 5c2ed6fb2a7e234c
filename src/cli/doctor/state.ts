import { existsSync, lstatSync, statSync } from 'node:fs'
import process from 'node:process'
import { ownershipFault } from '../../adapters/file-owner.ts'
import { indexedTrail } from '../../adapters/audit-index.ts'
import { shellQuote } from '../../intercept/shell/quote.ts'
import { type Environment, places } from '../config.ts'
import { agoText } from '../verify/last-call.ts'
import { type Finding, finding, ok } from './finding.ts'

/** A clock that was set back by more than this makes times in the trail run backwards. */
const SKEW_MS = 60_000

/** What others, and agents, could do to Rampart's own files; and what the clock says to its trail. */
export async function stateFindings(
  environment: Environment,
  auditDir: string,
  now: number,
): Promise<Finding[]> {
  const { home } = environment
  if (!existsSync(home)) return []
  return [
    ...await ownerFindings(home),
    ...tokenFindings(home),
    ...environmentFindings(environment),
    ...await clockFindings(auditDir, now),
  ]
}

async function ownerFindings(home: string): Promise<Finding[]> {
  const fault = await ownershipFault(home, 'self').catch((error: Error) => error.message)
  const isOpen = process.getuid !== undefined && (statSync(home).mode & 0o077) !== 0
  if (fault === undefined && isOpen) {
    return [
      finding('ownership', 'warn', `${home} is open to others`, `chmod 700 ${shellQuote(home)}`),
    ]
  }
  return fault === undefined
    ? [ok('ownership', `only this user can write to ${home}`)]
    : [finding('ownership', 'bad', fault, 'take the right to write there from others')]
}

/** At this level an agent has the person's own rights (security.md, Levels): said, for it cannot be mended here. */
function tokenFindings(home: string): Finding[] {
  const { token } = places(home)
  const stats = lstatSync(token, { throwIfNoEntry: false })
  if (stats === undefined) return []
  if (process.getuid !== undefined && (stats.mode & 0o077) !== 0) {
    return [
      finding('token', 'bad', `${token} can be read by others`, `chmod 600 ${shellQuote(token)}`),
    ]
  }
  return stats.uid === process.getuid?.()
    ? [
      finding(
        'token',
        'note',
        'agents run as this user (L0): rules keep their tools from the token, nothing keeps code that they start',
      ),
    ]
    : []
}

function environmentFindings({ variables }: Environment): Finding[] {
  const loosening: Readonly<Record<string, (value: string) => boolean>> = {
    RAMPART_MODE: (value) => value !== 'enforce',
    RAMPART_URL: () => true,
    RAMPART_NO_PROJECT_POLICY: (value) => /^(?:1|true|yes)$/.test(value),
    RAMPART_TOKEN: () => true,
  }
  return Object.entries(variables).flatMap(([name, value]) => {
    if (!Object.hasOwn(loosening, name) || !loosening[name]!(value)) return []
    const detail = name === 'RAMPART_TOKEN'
      ? `${name} is set here: agents that are started from here have it`
      : `${name}=${value} is set here`
    return [finding('environment', 'warn', detail, `unset ${name}`)]
  })
}

async function clockFindings(auditDir: string, now: number): Promise<Finding[]> {
  if (!existsSync(auditDir)) return []
  const reader = indexedTrail({ dir: auditDir })
  try {
    const { events: [last] } = await reader.page({ limit: 1 })
    if (last === undefined) return []
    const then = Date.parse(last.time)
    return then > now + SKEW_MS
      ? [
        finding(
          'clock',
          'warn',
          `the last event is of ${last.time}, which is still to come`,
          'set the clock',
        ),
      ]
      : [ok('clock', `the last event is of ${agoText(then, now)}`)]
  } catch (error) {
    return [finding('trail', 'bad', (error as Error).message, 'rampart audit verify')]
  } finally {
    reader.close()
  }
}
