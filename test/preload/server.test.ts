import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { cleanEnv, ownRuntime, startServer, until } from '../e2e/server.ts'
import { spawn } from 'node:child_process'
import { ended, libraryPath, type Ran, skipped } from './bench.ts'

const skip = skipped()
const KEY = 'PRIVATE KEY that nobody may read'

test('the real server: keys stay unread, ordinary work runs, a gap is in the trail', {
  skip,
  timeout: 120_000,
}, async () => {
  const home = mkdtempSync(join(tmpdir(), 'rp-'))
  const work = mkdtempSync(join(tmpdir(), 'rp-'))
  const server = await startServer(ownRuntime(), home)
  try {
    mkdirSync(join(work, '.ssh'))
    writeFileSync(join(work, '.ssh', 'id_rsa'), KEY)
    writeFileSync(join(work, 'notes'), 'ordinary')
    const env = {
      LD_PRELOAD: libraryPath(),
      RAMPART_LIB: libraryPath(),
      RAMPART_SOCKET: server.socket,
      RAMPART_AGENT: 'someone',
      RAMPART_SESSION: 's1',
      RAMPART_TIMEOUT_MS: '20000',
      RAMPART_ASKED: `s${process.pid}`,
    }
    const run = (command: string[], more: Record<string, string> = {}): Promise<Ran> => {
      const options = { cwd: work, env: cleanEnv(home, { ...env, ...more }) }
      return ended(spawn(command[0]!, command.slice(1), options))
    }
    const cat = await run(['sh', '-c', `cat notes; cat ${work}/.ssh/id_rsa`])
    assert.match(cat.out, /^ordinary/)
    assert.doesNotMatch(cat.out, /PRIVATE/)
    assert.match(cat.err, /^rampart: blocked: .+ \(.+\)\n/)
    await run(['bash', '-c', `exec -a ls cat ${work}/.ssh/id_rsa`]).then(({ out }) =>
      assert.doesNotMatch(out, /PRIVATE/)
    )
    // Without a program of its own that could be judged by its words: the file itself is asked about.
    const read = `while read -r line; do echo "$line"; done < "${work}/.ssh/id_rsa"; echo done`
    const files = await run(['bash', '-c', read], { RAMPART_PRELOAD: 'exec,file' })
    assert.doesNotMatch(files.out, /PRIVATE/, files.err)
    assert.match(files.err, /rampart: blocked/)
    const before = trail(home)
    const plain = await run(['bash', '-c', 'while read -r l; do echo "$l"; done < notes'], {
      RAMPART_PRELOAD: 'exec,file,net',
    })
    assert.equal(plain.err, '')
    assert.equal(trail(home).filter((line) => /"tool":"read"/.test(line)).length, reads(before))
    assert.ok(before.some((line) => /"via":"preload"/.test(line) && /someone/.test(line)))
    await server.end('SIGKILL')
    const open = await run(['/bin/echo', 'on'])
    assert.equal(open.out, 'on\n')
    const gap = await run(['sh', '-c', '/bin/echo on'])
    assert.equal(gap.out, 'on\n')
    const closed = await run(['sh', '-c', '/bin/echo on'], { RAMPART_FAIL_OPEN: '0' })
    assert.equal(closed.out, '')
    const again = await startServer(ownRuntime(), home)
    await until(() => trail(home).some((line) => /fail_open/.test(line)) ? true : undefined)
    await again.end()
  } finally {
    server.child.kill()
    rmSync(home, { recursive: true, force: true })
    rmSync(work, { recursive: true, force: true })
  }
})

function trail(home: string): string[] {
  const day = new Date().toISOString().slice(0, 10)
  return readFileSync(join(home, 'audit', `${day}.jsonl`), 'utf8').trim().split('\n')
}

const reads = (lines: readonly string[]): number =>
  lines.filter((line) => /"tool":"read"/.test(line)).length
