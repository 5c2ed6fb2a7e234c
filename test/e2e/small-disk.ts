import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { inHome } from './server.ts'

/** Run a body in a home on a file system of this size; skips where none can be mounted. */
export async function onSmallDisk(
  t: TestContext,
  size: string,
  body: (home: string) => Promise<void>,
): Promise<void> {
  await inHome(async (home) => {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    const mounted = spawnSync('mount', [
      '-t',
      'tmpfs',
      '-o',
      `size=${size},mode=700`,
      'tmpfs',
      home,
    ])
    if (mounted.status !== 0) return t.skip('no file system can be mounted here')
    try {
      await body(home)
    } finally {
      spawnSync('umount', ['-l', home])
    }
  })
}

/** Write until there is no room. */
export function fill(path: string): void {
  for (const size of [1 << 16, 1 << 12, 1]) {
    try {
      for (;;) writeFileSync(path, 'x'.repeat(size), { flag: 'a' })
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
    }
  }
}
