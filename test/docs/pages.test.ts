import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { onlyOn } from '../helpers/runtime.ts'
import { type Block, blocksOf, fileOf, NOTES, pageText, shownAs, stepsOf } from './page.ts'
import { createReader, type Reader } from './reader.ts'

/** Pages whose commands are typed, with the number of blocks that nothing can run. */
const PAGES: readonly (readonly [path: string, notRun: number])[] = [
  ['README.md', 0],
  ['CONTRIBUTING.md', 1],
  ['docs/agents.md', 0],
  ['docs/approvals.md', 0],
  ['docs/bundles.md', 0],
  ['docs/policy.md', 0],
  ['docs/python.md', 1],
  ['docs/profiles.md', 0],
  ['docs/rules.md', 0],
  ['docs/events.md', 0],
  ['docs/watch.md', 1],
  ['docs/wrap.md', 0],
  ['docs/mcp.md', 0],
  ['docs/http.md', 0],
  ['docs/execution.md', 0],
  ['docs/quickstart.md', 2],
  ['docs/operations.md', 1],
  ['docs/go.md', 0],
]
// A page shows one output: that it is the same on every runtime is what test/cli and test/e2e hold.
const elsewhere = onlyOn('node', 'a page shows one output')
const LANGUAGES = ['console', 'sh', 'yaml', 'ts', 'python', 'go']

for (const [path, notRun] of PAGES) {
  const blocks = blocksOf(pageText(path))

  test(`${path}: each block is of a kind that is tested, or says why not`, () => {
    for (const { language, line, note } of blocks) {
      assert.ok(LANGUAGES.includes(language), `${path}:${line}: language "${language}"`)
      if (note === undefined) continue
      assert.ok((NOTES as readonly string[]).includes(note.name), `${path}:${line}: ${note.name}`)
      if (note.name === 'not run') assert.ok(note.text.length > 20, `${path}:${line}: no reason`)
    }
    assert.equal(blocks.filter(({ note }) => note?.name === 'not run').length, notRun)
  })

  for (const { note, text, line } of blocks) {
    if (note?.name !== 'in') continue
    test(`${path}:${line} stands in ${note.text}`, () =>
      assert.ok(pageText(note.text).includes(text)))
  }

  if (!blocks.some(isTyped)) continue
  test(
    `${path}: what its commands print is what it shows`,
    { timeout: 300_000 },
    async (context) => {
      if (elsewhere) return context.skip(elsewhere)
      const reader = createReader()
      const found: [Block, number, string, string][] = []
      const tool = toolOf(blocks)
      try {
        if (reader.type([NEEDS[tool]])[0]?.code !== 0) {
          return context.skip(`no ${tool} here`)
        }
        for (const block of blocks) {
          for (const [before, shown, printed] of await follow(block, reader, path)) {
            found.push([block, before, shown, printed])
          }
        }
      } finally {
        await reader.leave()
      }
      if (process.env['UPDATE'] === '1') return update(path, found)
      const [block, before, shown, printed] = found[0] ?? []
      assert.equal(printed, shown, `${path}:${block === undefined ? 0 : block.line + before!}`)
    },
  )
}

/** What says whether a program of a page is here. */
const NEEDS = {
  curl: 'command -v curl',
  python3: "python3 -c 'import sys; assert sys.version_info >= (3, 11)'",
  openssl: 'command -v openssl',
  sh: 'command -v sh',
} as const

function toolOf(blocks: readonly Block[]): keyof typeof NEEDS {
  const shows = (tool: string) => blocks.some(({ text }) => text.includes(`$ ${tool} `))
  return (['curl', 'python3', 'openssl'] as const).find(shows) ?? 'sh'
}

function isTyped({ language, note }: Block): boolean {
  return ['console', 'sh'].includes(language) && note?.name !== 'not run'
}

/** Do what a block says. Gives the outputs that are not as shown, each with its place in the block. */
async function follow(
  block: Block,
  reader: Reader,
  path: string,
): Promise<readonly (readonly [before: number, shown: string, printed: string])[]> {
  const { language, note, line } = block
  const file = fileOf(block)
  if (file !== undefined) reader.save(file, block.text)
  if (!isTyped(block)) return []
  const steps = stepsOf(block)
  if (note?.name === 'keeps running') {
    const { command, shown, before } = steps[0]!
    assert.equal(steps.length, 1, `${path}:${line}: one command keeps running`)
    const printed = await reader.start(command, shownAs(shown, false))
    return shownAs(shown, false).test(printed) ? [] : [[before, shown, printed]]
  }
  const typed = reader.type(steps.map(({ command }) => command))
  return steps.flatMap(({ command, shown, before }, at) => {
    const { code, printed } = typed[at] ?? { code: -1, printed: 'the shell ended before' }
    if (language === 'sh') {
      assert.equal(code, 0, `${path}:${line}: ${command}: ${printed}`)
      return []
    }
    return shownAs(shown, true).test(printed) ? [] : [[before, shown, printed] as const]
  })
}

/** Write what was printed into the page, from its end on so that lines keep their numbers. */
function update(path: string, found: readonly [Block, number, string, string][]): void {
  const lines = pageText(path).split('\n')
  for (const [block, before, shown, printed] of found.toReversed()) {
    const count = shown.split('\n').length - 1
    lines.splice(block.line - 1 + before, count, ...printed.split('\n').slice(0, -1))
  }
  writeFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), lines.join('\n'))
}
