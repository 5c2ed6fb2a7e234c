import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { Options } from '../../src/mcp/ports.ts'
import { ALLOWED, asking, denied, met, settled, stage, tool } from '../helpers/mcp-world.ts'

type Said = string | Readonly<Record<string, unknown>>

interface Step {
  readonly host?: readonly Said[]
  readonly server?: readonly Said[]
  readonly person?: 'yes' | 'no'
  readonly to_host?: 'same' | readonly Said[]
  readonly to_server?: 'same' | readonly Said[]
}

interface Row {
  readonly name: string
  readonly deny?: readonly string[]
  readonly ask?: readonly string[]
  readonly denials?: Options['denials']
  readonly steps: readonly Step[]
  /** What is told to the person, in its order. */
  readonly notes?: readonly string[]
  /** Requests that the server still owes an answer. */
  readonly open?: number
}

const { cases } = parse(
  readFileSync(new URL('../fixtures/mcp/exchange.yaml', import.meta.url), 'utf8'),
) as { cases: readonly Row[] }

const textOf = (said: Said) =>
  typeof said === 'string' ? said : JSON.stringify({ jsonrpc: '2.0', ...said })

function matches(came: readonly string[], wanted: readonly Said[], where: string): void {
  assert.equal(came.length, wanted.length, `${where}: ${came.join('\n')}`)
  for (const [at, one] of wanted.entries()) {
    if (typeof one === 'object' && typeof one['re'] === 'string') {
      assert.match(came[at]!, new RegExp(one['re']), where)
    } else assert.deepEqual(JSON.parse(came[at]!), JSON.parse(textOf(one)), where)
  }
}

test('the table of conversations has its rows', () => assert.ok(cases.length > 25))

for (const { name, deny = [], ask = [], denials = 'result', steps, notes, open } of cases) {
  test(`a conversation: ${name}`, async () => {
    const question = asking()
    const at = stage(
      ({ tool, texts }) =>
        deny.includes(tool)
          ? denied('no')
          : ask.includes(tool) && texts === undefined
          ? question.verdict
          : ALLOWED,
      { denials },
    )
    await met(at, [tool('t'), tool('u')])
    for (const [number, step] of steps.entries()) {
      const said = (step.host ?? step.server ?? []).map(textOf)
      if (step.person !== undefined) question[step.person]()
      if (said.length > 0) await at.say(step.host === undefined ? 'server' : 'host', ...said)
      else await settled()
      for (const side of ['host', 'server'] as const) {
        const wanted = step[`to_${side}`] ?? []
        const came = at.out[side].splice(0)
        const where = `step ${number + 1}, to the ${side}`
        if (wanted === 'same') assert.deepEqual(came, said, where)
        else matches(came, wanted, where)
      }
    }
    if (notes !== undefined) {
      assert.equal(at.notes.length, notes.length, at.notes.join('\n'))
      for (const [n, note] of notes.entries()) assert.match(at.notes[n]!, new RegExp(note))
    }
    if (open !== undefined) assert.equal(at.session.open, open)
  })
}
