import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { type Bench, build, ROOT, skipped, withBench } from './bench.ts'

const skip = skipped()
const notRoot = process.getuid?.() === 0 ? false : 'needs root, to be somebody else'

test('F7 an impostor on the socket is not believed', { skip: skip || notRoot }, async () => {
  await withBench(async (bench) => {
    // A server of a user that is neither ours nor root's says yes to everything.
    chmodSync(bench.dir, 0o777)
    const socket = join(bench.dir, 'impostor')
    const impostor = spawn(join(build('all', 'probes'), 'sockets'), ['yes', socket], {
      uid: 65534,
      gid: 65534,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve) => impostor.stdout.once('data', resolve))
    const probe = join(build(), 'probe')
    const env = { RAMPART_SOCKET: socket, RAMPART_FAIL_OPEN: '0' }
    const { err } = await bench.run([probe, 'execv', join(bench.dir, 'm')], env)
    assert.match(err, /who listens on the socket is not the server/)
    assert.equal(existsSync(join(bench.dir, 'm')), false)
    // Where root says that this is the server's user, it is.
    const pinned = pinnedLibrary(bench, '65534\n')
    await bench.run([probe, 'execv', join(bench.dir, 'm')], { ...env, ...pinned })
    assert.ok(existsSync(join(bench.dir, 'm')))
    const other = pinnedLibrary(bench, '65533\n')
    await bench.run([probe, 'execv', join(bench.dir, 'n')], { ...env, ...other })
    assert.equal(existsSync(join(bench.dir, 'n')), false)
    impostor.kill()
  })
})

/** The library, built to look elsewhere for what root pins. */
function pinnedLibrary(bench: Bench, text: string): Record<string, string> {
  const file = join(bench.dir, `pinned-${text.trim()}`)
  writeFileSync(file, text, { mode: 0o644 })
  const dir = join(bench.dir, `build-${text.trim()}`)
  const define = `DEFINES=-DPINNED_UID='"${file}"'`
  const words = ['-s', '-C', join(ROOT, 'preload'), `BUILD=${dir}`, 'all', define, 'ANALYZE=']
  const { status, stderr } = spawnSync('make', words, { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return { LD_PRELOAD: join(dir, 'librampart.so'), RAMPART_LIB: join(dir, 'librampart.so') }
}
