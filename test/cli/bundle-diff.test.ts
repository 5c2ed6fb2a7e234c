import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openAuditLog } from '../../src/adapters/audit-log.ts'
import { ulids } from '../../src/adapters/ids.ts'
import { manualClock } from '../../src/adapters/memory.ts'
import { draft, NOON } from '../helpers/audit.ts'
import { policyText, writeSources } from '../helpers/bundle.ts'
import { inTemp, rampart } from './run.ts'

test('bundle diff says which rules came, went, changed and moved', () =>
  inTemp(async (dir) => {
    const rule = (glob: string, action: string) =>
      `      - {action: ${action}, when: {command_matches: ["${glob}"]}}\n`
    const text = (...rules: string[]) =>
      `version: "1"\ndefault_action: allow\npolicies:\n  - name: p\n    rules:\n${rules.join('')}` +
      'tests: [{name: t, tool: exec, input: ls, expect: allow}]\n'
    const [a, b, c] = [rule('a *', 'deny'), rule('b *', 'deny'), rule('c *', 'log')]
    const build = async (name: string, text: string) => {
      writeSources(join(dir, name), 1, [{ path: 'policies/p.yaml', text }])
      const out = join(dir, `${name}.tar`)
      assert.equal((await rampart(['bundle', 'build', join(dir, name), '-o', out])).code, 0)
      return out
    }
    const diff = async (one: string, other: string) => {
      const files = [await build('one', one), await build('two', other)]
      const { code, out, err } = await rampart(['bundle', 'diff', ...files, '--json'])
      assert.equal(code, 0, err)
      return JSON.parse(out).changes.map(({ change, what }: { change: string; what: string }) =>
        `${change} ${what}`
      )
    }
    assert.deepEqual(await diff(text(a, b), text(a, b)), [])
    assert.deepEqual(await diff(text(a), text(a, b)), ['added p/2'])
    assert.deepEqual(await diff(text(a, b), text(b)), ['removed p/1'])
    assert.deepEqual(await diff(text(a, b), text(a, c)), ['changed p/2'])
    assert.deepEqual(await diff(text(a, b), text(b, a)), ['reordered p'])
    assert.deepEqual(
      await diff(
        text(a),
        text(a).replace('default_action: allow', 'default_action: log').replace(
          'expect: allow',
          'expect: log',
        ),
      ),
      ['changed policies/p.yaml default_action'],
    )
  }))

test('bundle diff --calls says which recorded calls would be answered differently', () =>
  inTemp(async (home) => {
    const clock = manualClock(NOON)
    const log = await openAuditLog({ dir: join(home, 'audit'), clock, ids: ulids(clock) })
    const recorded = (command: string) => draft({ request: { params: { command }, cwd: '/w' } })
    const cut = draft({ request: { params: null } })
    await log.append([recorded('deploy app'), recorded('ls'), cut, recorded('deploy db')])
    await log.close()
    const files = await Promise.all(['a', 'b'].map(async (name, at) => {
      const text = policyText('deploys', name === 'a' ? 'ship *' : 'deploy *')
      writeSources(join(home, name), at + 1, [{ path: 'policies/p.yaml', text }])
      const out = join(home, `${name}.tar`)
      assert.equal((await rampart(['bundle', 'build', join(home, name), '-o', out])).code, 0)
      return out
    }))
    const { code, out, err } = await rampart(['bundle', 'diff', ...files, '--calls', '100'], {
      home,
    })
    assert.equal(code, 0, err)
    const said = out.split('\n').slice(-4, -1)
    assert.deepEqual(said, [
      'allow → deny (deploys/1)  exec  deploy db',
      'allow → deny (deploys/1)  exec  deploy app',
      '2 of 4 recorded calls would be answered differently, 1 are shortened in the trail',
    ])
    const json = await rampart(['bundle', 'diff', ...files, '--calls', '2', '--json'], { home })
    const { calls } = JSON.parse(json.out)
    assert.deepEqual([calls.of, calls.differing.length, calls.differing[0].is], [2, 1, 'deny'])
  }))
