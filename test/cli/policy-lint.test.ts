import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inTemp, rampart } from './run.ts'

const FIVE = fileURLToPath(new URL('../fixtures/cli/five-faults.yaml', import.meta.url))

test('policy lint reports all five faults of a file, each with its place', async () => {
  const { code, out } = await rampart(['policy', 'lint', FIVE])
  assert.equal(code, 1)
  assert.deepEqual(out.replaceAll(`${FIVE}:`, '').trim().split('\n'), [
    '2:17: expected one of allow, deny, log, require_approval',
    '5:5: unknown key "priorty": did you mean "priority"?',
    '8:17: unknown key "command_matchs": did you mean "command_matches"?',
    '9:17: expected one of deny, allow, log, require_approval, webhook',
    '12:9: action webhook needs a webhook with a url',
  ])
})

test('policy lint --json gives faults as data', async () => {
  const { code, out } = await rampart(['policy', 'lint', FIVE, '--json'])
  assert.equal(code, 1)
  const { files } = JSON.parse(out)
  assert.equal(files[0].file, FIVE)
  assert.deepEqual(files[0].faults[1].line, 5)
})

test('policy lint exits 0 on a clean file and 3 on one that cannot be read', () =>
  inTemp(async (dir) => {
    const good = join(dir, 'good.yaml')
    writeFileSync(good, 'version: "1"\ndefault_action: allow\n')
    const { code, out } = await rampart(['policy', 'lint', good])
    assert.deepEqual([code, out], [0, `${good}: no faults\n`])
    mkdirSync(join(dir, 'd.yaml'))
    for (const path of [join(dir, 'absent.yaml'), join(dir, 'd.yaml')]) {
      const bad = await rampart(['policy', 'lint', path])
      assert.equal(bad.code, 3, path)
      assert.match(bad.err, /Cannot read/)
    }
    writeFileSync(join(dir, 'big.yaml'), '#'.repeat(5_000_000))
    assert.equal((await rampart(['policy', 'lint', join(dir, 'big.yaml')])).code, 3)
  }))

test('policy lint reads a project file by its own, stricter schema', () =>
  inTemp(async (dir) => {
    mkdirSync(join(dir, '.rampart'))
    const file = join(dir, '.rampart', 'policy.yaml')
    writeFileSync(file, 'version: "1"\npolicies: [{name: a, rules: [{action: allow}]}]\n')
    const { code, out } = await rampart(['policy', 'lint', file])
    assert.equal(code, 1)
    assert.match(out, /policy\.yaml:2:/)
  }))

test('policy lint: a name may not climb out of the directory through extends', () =>
  inTemp(async (dir) => {
    const file = join(dir, 'p.yaml')
    writeFileSync(file, 'version: "1"\ndefault_action: allow\nextends: ../q.yaml\n')
    const { code, out } = await rampart(['policy', 'lint', file])
    assert.equal(code, 1)
    assert.match(out, /a base name is expected/)
  }))

test('policy lint: warnings are findings, advice only with --strict', () =>
  inTemp(async (dir) => {
    const file = join(dir, 'p.yaml')
    const head = 'version: "1"\ndefault_action: allow\npolicies:\n'
    writeFileSync(file, `${head}  - {name: a, rules: [{action: deny}, {action: deny}]}\n`)
    const warned = await rampart(['policy', 'lint', file])
    assert.equal(warned.code, 1)
    assert.match(warned.out, /p\.yaml:4:39: warning shadowed: never reached/)
    writeFileSync(file, `${head}  - {name: a, rules: [{action: deny}]}\n`)
    const advised = await rampart(['policy', 'lint', file])
    assert.equal(advised.code, 0)
    assert.match(advised.out, /p\.yaml:4:3: advice no-tests/)
    assert.equal((await rampart(['policy', 'lint', '--strict', file])).code, 1)
  }))
