import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { test } from 'node:test'
import { manual } from '../../src/cli/manual.ts'
import { TABLE } from '../../src/cli/table.ts'
import { inTemp, rampart } from './run.ts'

const page = manual('1.2.3')
const groff = (argv: readonly string[]) =>
  spawnSync('groff', argv, { input: page, encoding: 'utf8' })
const skip = groff(['--version']).status === 0 ? false : 'there is no groff here'

test('every line of the manual is text or a macro that it means, in ASCII', () => {
  for (const line of page.split('\n')) {
    assert.match(line, /^(?:\.(?:TH|SH|SS|TP|PP|RS|RE|B|I|nf|fi)\b|[^.']|$)/, line)
    assert.match(line, /^[\x20-\x7e]*$/)
  }
})

test('the manual has each command with its flags, as a reader sees them', { skip }, () => {
  const { status, stdout, stderr } = groff(['-man', '-ww', '-Tutf8', '-P-cbou', '-rLL=400n'])
  assert.deepEqual([status, stderr], [0, ''])
  for (const { name, flags, example } of TABLE) {
    assert.ok(stdout.includes(`rampart ${name}`), name)
    assert.ok(stdout.includes(example), example)
    for (const flag of flags) assert.ok(stdout.includes(`--${flag.name}`), `${name} --${flag.name}`)
  }
})

test('`man` prints the manual; `version --json` says what runs it', () =>
  inTemp(async () => {
    const shown = await rampart(['man'])
    assert.deepEqual([shown.code, shown.out.startsWith('.TH RAMPART 1 ')], [0, true])
    const { code, out } = await rampart(['version', '--json'])
    const { version, runtime, platform, arch, executable } = JSON.parse(out)
    assert.equal(code, 0)
    assert.match(version, /^\d+\.\d+\.\d+/)
    assert.match(runtime, /^(?:node|bun|deno) \d+\./)
    assert.deepEqual([platform, arch, executable], [process.platform, process.arch, false])
  }))

test('`status --check` is 1 where no server runs', () =>
  inTemp(async (dir) => {
    const { code } = await rampart(['status', '--check', '--home', dir])
    assert.equal(code, 1)
  }))
