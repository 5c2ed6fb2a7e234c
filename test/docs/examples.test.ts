import assert from 'node:assert/strict'
import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { TABLE } from '../../src/cli/table.ts'
import { UNRESOLVED_KINDS } from '../../src/engine/condition-program.ts'
import { CONDITIONS } from '../../src/engine/condition.ts'
import { LINT_CODES } from '../../src/engine/lint.ts'
import { PolicyTest } from '../../src/engine/schema.ts'
import { onlyOn } from '../helpers/runtime.ts'
import { inTemp, rampart } from '../cli/run.ts'
import { type Block, blocksOf, fileOf, pageText } from './page.ts'

/** Every page that shows policies. */
const PAGES = [
  'README.md',
  'docs/agents.md',
  'docs/approvals.md',
  'docs/policy.md',
  'docs/profiles.md',
  'CONTRIBUTING.md',
]

const skip = onlyOn('node', 'the pages are the same')

for (const path of PAGES) {
  const blocks = blocksOf(pageText(path)).filter(({ language }) => language === 'yaml')

  const nameOf = (block: Block) => (fileOf(block) ?? 'policy.yaml').replace(/^~\//, '')

  for (const block of blocks) {
    if (block.note?.name === 'in') continue
    const name = nameOf(block)
    const faulty = block.note?.name === 'faulty'

    test(
      `${path}:${block.line} ${name} ${
        faulty ? 'is as wrong as it says' : 'is good, and its tests pass'
      }`,
      { skip },
      () =>
        inTemp(async (dir) => {
          // What is shown before may be extended, or be what a suite is about.
          for (const one of blocks.slice(0, blocks.indexOf(block) + 1)) {
            const file = join(dir, nameOf(one))
            mkdirSync(dirname(file), { recursive: true })
            writeFileSync(file, one.text)
          }
          const file = join(dir, name)
          const isSuite = /^policy:/m.test(block.text)
          const linted = isSuite ? { code: 0, out: '' } : await rampart(['policy', 'lint', file])
          const tested = await rampart(['policy', 'test', file])
          if (faulty) assert.ok(linted.code + tested.code > 0)
          else {
            assert.doesNotMatch(linted.out, /^\S+:\d+:\d+: (?!warning|advice)/m)
            const code = /^tests:/m.test(block.text) ? 0 : 3
            assert.equal(tested.code, code, tested.out + tested.err)
          }
        }),
    )
  }
}

/** The first cells of the rows of a table below a heading of docs/policy.md, word by word. */
function firstCells(heading: string): string[] {
  const section = pageText('docs/policy.md').split(`# ${heading}\n`)[1]?.split(/\n##+ /)[0] ?? ''
  return [...section.matchAll(/^\| (`[^|]+) \|/gm)]
    .flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map((name) => name[1]!)).sort()
}

test('docs/policy.md has every condition, kind, lint code and field of tests there is', () => {
  const alias = 'command_env_assignments'
  const conditions = Object.keys(CONDITIONS).filter((key) => key !== alias)
  assert.deepEqual(firstCells('Conditions'), conditions.sort())
  assert.deepEqual(firstCells('What nobody can know'), [...UNRESOLVED_KINDS].sort())
  assert.deepEqual(firstCells('What `lint` says'), Object.keys(LINT_CODES).sort())
  assert.deepEqual(firstCells('Tests'), Object.keys(PolicyTest.shape).sort())
})

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LINKED = [
  ...PAGES,
  'docs/architecture.md',
  'docs/reading.md',
  'docs/retention.md',
  'SECURITY.md',
]

test('docs/http.md has a curl of every operation there is', () => {
  const { paths } = JSON.parse(pageText('openapi/openapi.json')) as {
    paths: Record<string, Record<string, { operationId?: string }>>
  }
  const lines = pageText('docs/http.md').split('\n').filter((line) => line.includes('curl -'))
  for (const [path, methods] of Object.entries(paths)) {
    const place = new RegExp(`${path.replace(/\{[^}]*\}/g, '[^/ ?"]+')}(?=["? ]|$)`)
    for (const [method, { operationId }] of Object.entries(methods)) {
      if (operationId === undefined) continue
      const asked = lines.some((line) => place.test(line) && methodOf(line) === method)
      assert.ok(asked, `${operationId}: no curl of ${method.toUpperCase()} ${path}`)
    }
  }
})

function methodOf(line: string): string {
  return /-X ([A-Z]+)/.exec(line)?.[1]?.toLowerCase() ??
    (line.includes(' --json ') ? 'post' : 'get')
}

test('every `rampart` command that README and docs show is one', () => {
  const names = TABLE.map(({ name }) => name)
  for (const path of LINKED) {
    for (const [, line] of pageText(path).matchAll(/`rampart ([a-z][^`]*)`/g)) {
      const known = names.some((name) => line === name || line!.startsWith(`${name} `))
      assert.ok(known, `${path}: rampart ${line}`)
    }
  }
})

/** The name by which a heading is linked to. */
const anchorOf = (heading: string) =>
  heading.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-')

test('every link between pages leads to a file, and to a heading of it', () => {
  for (const path of [...LINKED, ...globSync('docs/profiles/*.md', { cwd: ROOT })]) {
    for (const [, link] of pageText(path).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link!)) continue
      const [file = '', anchor] = link!.split('#')
      const target = file === '' ? path : join(dirname(path), file)
      assert.ok(existsSync(join(ROOT, target)), `${path}: ${link}`)
      if (anchor === undefined) continue
      const headings = [...pageText(target).matchAll(/^#+ (.*)$/gm)].map(([, text]) =>
        anchorOf(text!)
      )
      assert.ok(headings.includes(anchor), `${path}: ${link}`)
    }
  }
})
