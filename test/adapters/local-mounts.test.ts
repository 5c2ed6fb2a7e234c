import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { localMounts } from '../../src/adapters/local-mounts.ts'

const TABLE = `22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:5 / /dev rw - devtmpfs udev rw
30 22 0:40 / /mnt/share rw - nfs4 host:/x rw
31 30 0:41 / /mnt/share/near rw - tmpfs tmpfs rw
32 22 0:42 / /mnt/with\\040blank rw - fuse.sshfs x rw
33 22 0:43 / /auto rw - tmpfs x rw
34 22 0:44 / /auto rw - autofs x rw
nonsense
`

test('F2 only where no other machine takes part is a name looked at on the spot', () => {
  const table = join(mkdtempSync(join(tmpdir(), 'rampart-mounts-')), 'mountinfo')
  writeFileSync(table, TABLE)
  let now = 0
  const isLocal = localMounts(() => now, table)
  const expected: [string, boolean][] = [
    ['/', true],
    ['/home/u/x', true],
    ['/dev/null', false],
    ['/mnt/share', false],
    ['/mnt/share/x', false],
    ['/mnt/shared', true],
    ['/mnt/share/near/x', true],
    ['/mnt/with blank/x', false],
    ['/auto/x', false],
    ['relative', false],
  ]
  for (const [path, local] of expected) assert.equal(isLocal(path), local, path)
  writeFileSync(table, '')
  assert.equal(isLocal('/home'), true)
  now = 1000
  assert.equal(isLocal('/home'), false)
  assert.equal(localMounts(() => 0, join(table, 'absent'))('/home'), false)
})
