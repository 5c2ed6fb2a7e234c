import process from 'node:process'
import { createFactReader } from '../../adapters/fact-reader.ts'
import { systemClock } from '../../adapters/clock.ts'
import type { Invocation } from '../command.ts'
import { auditDirectory, loadConfig } from '../config.ts'
import { type Output, safe } from '../output.ts'
import { boundaryFindings } from '../wrap/health.ts'
import { executionFindings } from './executions.ts'
import type { Finding } from './finding.ts'
import { hookFindings } from './hooks.ts'
import { serverFindings } from './server.ts'
import { stateFindings } from './state.ts'
import { storeFindings } from './store.ts'

/**
 * Everything that weakens protection without a word, each with what mends it: 0 where
 * nothing takes it away, 1 where something does.
 */
export async function look(invocation: Invocation): Promise<number> {
  const { environment, flags, out } = invocation
  const clock = systemClock()
  const config = await loadConfig(environment, { serving: false, flags })
  const root = await createFactReader(clock).projectRoot(process.cwd())
  const found = await Promise.all([
    boundaryFindings(environment.home),
    serverFindings(invocation),
    stateFindings(environment, auditDirectory(environment.home, config), clock.now()),
    executionFindings(environment.home, auditDirectory(environment.home, config), clock.now()),
    hookFindings(invocation, root),
    storeFindings(environment, config),
  ])
  const checks = found.flat()
  const isWell = checks.every(({ status }) => status !== 'bad')
  if (out.json) {
    const rows = checks.map((check) => ({ ...check, ok: check.status !== 'bad' }))
    out.data({ ok: isWell, home: environment.home, checks: rows })
  } else for (const check of checks) print(check, out)
  return isWell ? 0 : 1
}

const COLOURS = { ok: 'green', note: 'grey', warn: 'yellow', bad: 'red' } as const

function print({ name, status, detail, fix }: Finding, out: Output): void {
  out.line(safe`${out.paint(COLOURS[status], status.padEnd(4))}  ${name}  ${detail}`)
  if (fix !== undefined) out.line(safe`      fix: ${fix}`)
}
