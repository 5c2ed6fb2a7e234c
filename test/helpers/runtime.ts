import process from 'node:process'

export type Runtime = 'node' | 'bun' | 'deno'

const versions = process.versions as Record<string, string | undefined>

/** What runs this test. */
export const RUNTIME: Runtime = versions['bun'] !== undefined
  ? 'bun'
  : versions['deno'] !== undefined
  ? 'deno'
  : 'node'

/**
 * False on that runtime, and the reason to skip on the others: for a test that none of them can change,
 * because what it asks of stands outside of it. The reason says what that is.
 */
export function onlyOn(runtime: Runtime, why: string): string | false {
  return RUNTIME === runtime ? false : `run on ${runtime}: ${why}`
}

/**
 * Runs of a law of pure code: all of them on Node and in CI (`npm test -- --whole`), else a fifth where
 * nothing but the engine of JavaScript differs.
 */
export function runs(onNode: number): number {
  const isWhole = RUNTIME === 'node' || process.env['TEST_WHOLE'] === '1'
  return isWhole ? onNode : Math.ceil(onNode / 5)
}
