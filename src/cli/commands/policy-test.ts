import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../adapters/clock.ts'
import { RampartError } from '../../errors.ts'
import { type Invocation, textFlag } from '../command.ts'
import { places } from '../config.ts'
import { reportJunit } from '../junit.ts'
import { reportFailure, safe } from '../output.ts'
import { builtinSuite, readSuite, runSuites, type Suite } from '../suite.ts'

/**
 * The tests of the named files; without names those of the built-in profile that is asked for, or of
 * every policy file of the state directory. With `--watch` again after each change, until it is ended.
 */
export async function run(invocation: Invocation): Promise<number> {
  const { flags, out } = invocation
  if (flags.has('junit') && out.json) {
    throw new RampartError('usage', '--junit and --json are two formats: choose one')
  }
  if (!flags.has('watch')) return await once(invocation)
  const clock = systemClock()
  for (;;) {
    const seen = await stampOf(invocation)
    await once(invocation).catch((error) => reportFailure(error, out, invocation.environment.debug))
    out.note(safe`waiting for a change`)
    while (await stampOf(invocation) === seen) await clock.sleep(POLL_MS)
  }
}

const POLL_MS = 200

async function once(invocation: Invocation): Promise<number> {
  const report = invocation.flags.has('junit') ? reportJunit : undefined
  return await runSuites(invocation, await suitesOf(invocation), report)
}

async function suitesOf(invocation: Invocation): Promise<Suite[]> {
  const { operands, environment } = invocation
  const profile = textFlag(invocation, 'profile')
  if (operands.length === 0 && profile !== undefined) return [await builtinSuite(profile)]
  const files = operands.length > 0 ? operands : await ownFiles(environment.home)
  if (files.length === 0) {
    throw new RampartError('not_found', `No policy file in ${places(environment.home).policies}`)
  }
  return await Promise.all(files.map(readSuite))
}

async function ownFiles(home: string): Promise<string[]> {
  const { policies } = places(home)
  const names = await readdir(policies).catch(() => [])
  return names.filter((name) => name.endsWith('.yaml')).sort()
    .map((name) => join(policies, name))
}

/** Changes whenever a file that the tests may rest on does. */
async function stampOf(invocation: Invocation): Promise<string> {
  const policy = textFlag(invocation, 'policy')
  const suites = await suitesOf(invocation).catch(() => [])
  const files = new Set([
    ...invocation.operands,
    ...await ownFiles(invocation.environment.home),
    ...suites.flatMap((suite) => suite.policy ?? []),
    ...(policy === undefined ? [] : [policy]),
  ])
  const stamps = await Promise.all(
    [...files].map(async (file) => {
      const found = await stat(file).catch(() => undefined)
      return [file, found?.ino, found?.size, found?.mtimeMs]
    }),
  )
  return JSON.stringify(stamps)
}
