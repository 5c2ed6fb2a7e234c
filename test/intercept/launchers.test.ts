import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { readCommandLine } from '../../src/intercept/shell/read.ts'

const file = new URL('../fixtures/intercept/launchers.yaml', import.meta.url)
const lines = parse(readFileSync(file, 'utf8')) as string[]

function commandsIn(line: string): string[] {
  const { subjects } = readCommandLine(line, { cwds: ['/w'], homes: ['/home/u'] })
  return subjects.filter(({ kind }) => kind !== 'span').flatMap(({ command }) =>
    command === undefined ? [] : [command.words]
  )
}

test('the table of launchers has its rows', () => assert.ok(lines.length > 150))

for (const line of lines) {
  test(`F22 launchers: ${line}`, () => {
    const found = commandsIn(line)
    assert.ok(found.some((words) => /^rm -rf \/\S*(?: |$)/.test(words)), found.join(' ¦ '))
  })
}

const HARMLESS = [
  'poetry add rm',
  'npm run build',
  'hyperfine --version',
  'perf list',
  'EDITOR=vim git commit',
  'test -v HOME',
  "printf '%s\\n' 'rm -rf /'",
  'read -r line',
  'make CC=gcc-12 all',
  'export PAGER=less',
  "msg='see $(rm -rf /)'; echo done",
  'screen -ls',
  'uv pip install rm',
  'conda install -n x rm',
]
for (const line of HARMLESS) {
  test(`launchers that launch no such thing: ${line}`, () => {
    assert.ok(
      !commandsIn(line).some((words) => words.startsWith('rm -rf')),
      commandsIn(line).join(' ¦ '),
    )
  })
}
