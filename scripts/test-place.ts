// Where the tests of one `npm test` live: directories that are gone afterwards.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleCli } from './test-cli.ts'

const MEMORY = '/dev/shm'
/** Free bytes that memory must have: what the tests write there at a time is a tenth of it. */
const ROOM = 1 << 30

type Environment = Readonly<Record<string, string | undefined>>

export interface Place {
  /** For what the run itself writes. */
  readonly dir: string
  /** For one job; `quick` has its temporary files in memory where that is possible. */
  envOf(quick: boolean): Environment
  /** Take everything away. */
  remove(): void
}

/** Directories for one run, and environments that lead there out of the person's own; `whole` as in CI. */
export function makePlace(outer: Environment, whole: boolean): Place {
  // CI starts the sources, as `npm start` does.
  const cli = whole ? undefined : bundleCli()
  const base = mkdtempSync(join(tmpdir(), 'rampart-'))
  const memory = inMemory()
  for (const dir of [base, memory]) {
    if (dir === undefined) continue
    // Other accounts of a test may pass through, and see nothing.
    chmodSync(dir, 0o711)
    mkdirSync(join(dir, 't'), { mode: 0o711 })
  }
  const own = Object.entries(outer).filter(([name]) => !name.startsWith('RAMPART_'))
  return {
    dir: base,
    envOf(quick) {
      // A HOME for each: no test may read or write the person's, nor what another one left.
      const home = mkdtempSync(join(base, 'home-'))
      return {
        ...Object.fromEntries(own),
        HOME: home,
        RAMPART_HOME: join(home, '.rampart'),
        TMPDIR: join(quick && memory !== undefined ? memory : base, 't'),
        NO_COLOR: '1',
        TEST_WHOLE: whole ? '1' : undefined,
        TEST_CLI: cli?.path,
        // Some thousand processes read the same sources: for many of them that is half of the work.
        NODE_COMPILE_CACHE: join(base, 'compiled'),
        DENO_DIR: join(base, 'deno'),
      }
    },
    remove() {
      for (const dir of [base, memory, cli?.dir]) {
        if (dir !== undefined) rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
      }
    },
  }
}

/** A directory in memory, where the machine has one that can be used like any other. */
function inMemory(): string | undefined {
  if (!existsSync(MEMORY)) return undefined
  let dir: string | undefined
  try {
    const { bavail, bsize } = statfsSync(MEMORY)
    if (bavail * bsize < ROOM) return undefined
    dir = mkdtempSync(join(MEMORY, 'rampart-'))
    // Containers may forbid to run what stands there.
    const program = join(dir, 'program')
    writeFileSync(program, '#!/bin/sh\nexit 7\n', { mode: 0o700 })
    if (spawnSync(program).status === 7) return dir
  } catch {
    // Not ours to write to.
  }
  if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
  return undefined
}
