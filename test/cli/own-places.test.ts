import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtinsFor } from '../../src/cli/builtins.ts'
import { loadPolicies } from '../../src/engine/load.ts'
import { ownPlaces } from '../../src/cli/policy-sources.ts'

const textFor = (ports: readonly number[], origins: readonly string[] = []) =>
  builtinsFor({ home: '/h/.rampart', ports, origins })['self-protection']!

test('F19 each port and each other name of the server has its lines', () => {
  const text = textFor([8181, 8282, 8181], ['10.0.0.5:8181', '[fe80::1]:8181'])
  for (const port of [9090, 8181, 8282]) {
    assert.equal(text.split(`'http*://localhost:${port}/*'`).length, 2, String(port))
    assert.equal(text.split(`'ws*://localhost:${port}/*'`).length, 2, String(port))
  }
  assert.match(text, /'http\*:\/\/10\.0\.0\.5:8181\/\*'/)
  assert.match(text, /'http\*:\/\/\\\[fe80::1\\\]:8181\/\*'/)
  assert.doesNotMatch(text.replace(/^#.*$/gm, ''), /\{\{/)
})

test('F19 without a server 9090 alone is protected', () => {
  assert.doesNotMatch(textFor([]).replace(/^#.*$/gm, ''), /\{\{/)
  assert.match(textFor([]), /localhost:9090/)
})

test('F19 loopback names and all addresses stand there already; others are named', () => {
  assert.deepEqual(ownPlaces('http://127.0.0.1:8181'), { ports: [8181], origins: [] })
  assert.deepEqual(ownPlaces('http://[::]:8181'), { ports: [8181], origins: [] })
  assert.deepEqual(ownPlaces('http://10.0.0.5:8181', 'https://r.example.com'), {
    ports: [8181],
    origins: ['10.0.0.5:8181', 'r.example.com'],
  })
})

test('what a person approves does not change by where a server listens', () => {
  const basisAt = (port: number) => {
    const builtins = builtinsFor({ home: '/h/.rampart', ports: [port], origins: [] })
    const text = builtins['self-protection']!
    const sources = [
      { file: 'builtin:self-protection', layer: 'builtin' as const, text },
      { file: 'p.yaml', layer: 'user' as const, text: 'version: "1"\ndefault_action: allow\n' },
    ]
    const { set } = loadPolicies(sources, { builtins, hash: (texts) => texts.join() })
    return [set!.hash, set!.basis]
  }
  const [one, other] = [basisAt(8181), basisAt(8282)]
  assert.notEqual(one[0], other[0])
  assert.equal(one[1], other[1])
})
