import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOST_NAMES } from '../../src/hosts/host.ts'
import { hostName, loadHost, recogniseHost } from '../../src/hosts/load.ts'

test('a host that is loaded alone is the one of that name', async () => {
  for (const name of HOST_NAMES) {
    assert.equal(hostName(name), name)
    assert.equal((await loadHost(name))?.name, name)
  }
})

test('a name of no host loads none, whatever an object may have under it', async () => {
  for (const name of ['auto', '', 'constructor', '__proto__', 'Claude-Code', 'claude-code ']) {
    assert.equal(hostName(name), undefined)
    assert.equal(await loadHost(name), undefined)
  }
  assert.equal(await recogniseHost({}), undefined)
})
