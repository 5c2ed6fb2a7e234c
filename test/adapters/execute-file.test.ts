import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { type ExecuteLab, inExecuteLab, noExecution, textOf } from '../helpers/execute.ts'

const skip = noExecution
const texts = z.record(z.string(), z.string()).default({})
const numbers = z.record(z.string(), z.int()).default({})

const Row = z.strictObject({
  name: z.string(),
  files: texts,
  links: texts,
  hard: texts,
  modes: numbers,
  fifo: z.string().optional(),
  roots: z.array(z.string()).default([]),
  protected: z.array(z.string()).default([]),
  outputBytes: z.int().optional(),
  read: z.string().optional(),
  write: z.string().optional(),
  content: z.string().optional(),
  want: z.strictObject({
    state: z.string(),
    detail: z.string().optional(),
    text: z.string().optional(),
    truncated: z.boolean().optional(),
  }),
  /** Texts and modes of files afterwards. */
  then: texts,
  mode: numbers,
  gone: z.array(z.string()).default([]),
})
const rows = z.array(Row).min(30).parse(
  parse(readFileSync(new URL('../fixtures/execute-file.yaml', import.meta.url), 'utf8')),
)

for (const row of rows) {
  test(`file: ${row.name}`, { skip }, () =>
    inExecuteLab(async ({ dir, task }) => {
      prepare(dir, row)
      const at = (name: string) => resolve(dir, name)
      const kind = row.read === undefined ? 'write' : 'read'
      const ran = await task({ kind, path: at(row.read ?? row.write!), content: row.content }, {
        limits: row.outputBytes === undefined ? {} : { outputBytes: row.outputBytes },
        options: { roots: row.roots.map(at), protectedPaths: row.protected.map(at) },
      })
      const { state, detail, text, truncated } = row.want
      assert.equal(ran.state, state, ran.detail)
      if (detail !== undefined) assert.equal(ran.detail, detail)
      if (text !== undefined) assert.equal(textOf(ran, 'content'), text)
      if (truncated !== undefined) assert.equal(ran.outputs[0]?.truncated, truncated)
      for (const [name, after] of Object.entries(row.then)) {
        assert.equal(readFileSync(at(name), 'utf8'), after, name)
      }
      for (const [name, mode] of Object.entries(row.mode)) {
        assert.equal(statSync(at(name)).mode & 0o7777, mode, name)
      }
      for (const name of row.gone) assert.ok(!existsSync(at(name)), name)
      assert.deepEqual(leftovers(dir), [])
    }))
}

function prepare(dir: string, { files, links, hard, modes, fifo }: z.infer<typeof Row>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(dir, name))
  for (const [name, target] of Object.entries(hard)) linkSync(join(dir, target), join(dir, name))
  for (const [name, mode] of Object.entries(modes)) chmodSync(join(dir, name), mode)
  if (fifo !== undefined) execFileSync('mkfifo', [join(dir, fifo)])
}

function leftovers(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.tmp$/.test(name)
  )
}

/** A directory that is itself and a link to another one by turns, as fast as a shell can. */
async function whileSwapping(dir: string, body: () => Promise<void>): Promise<void> {
  const line = 'while :; do mv real kept; ln -s evil real; rm real; mv kept real; done'
  const swapper = spawn('/bin/bash', ['-c', line], { cwd: dir, stdio: 'ignore' })
  const gone = new Promise((resolve) => swapper.on('exit', resolve))
  try {
    await body()
  } finally {
    swapper.kill('SIGKILL')
    await gone
  }
}

async function twoDirectories({ dir }: ExecuteLab): Promise<void> {
  for (const name of ['real', 'evil']) mkdirSync(join(dir, name))
  writeFileSync(join(dir, 'real', 'file'), 'good')
  writeFileSync(join(dir, 'evil', 'file'), 'secret')
}

test(
  'F39 a directory swapped for a link at any moment is never read through',
  { skip },
  () =>
    inExecuteLab(async (lab) => {
      await twoDirectories(lab)
      const answers = new Set<string>()
      await whileSwapping(lab.dir, async () => {
        for (let i = 0; i < 600; i++) {
          const ran = await lab.task({ kind: 'read', path: join(lab.dir, 'real', 'file') })
          answers.add(ran.state === 'refused' ? 'refused' : textOf(ran, 'content')!)
        }
      })
      assert.ok(!answers.has('secret'), [...answers].join())
      assert.ok(answers.has('good') && answers.has('refused'), [...answers].join())
    }),
)

test(
  'F39 a directory swapped for a link at any moment is never written through',
  { skip },
  () =>
    inExecuteLab(async (lab) => {
      await twoDirectories(lab)
      const states = new Set<string>()
      await whileSwapping(lab.dir, async () => {
        for (let i = 0; i < 300; i++) {
          const path = join(lab.dir, 'real', 'file')
          states.add((await lab.task({ kind: 'write', path, content: `text ${i}` })).state)
        }
      })
      assert.equal(readFileSync(join(lab.dir, 'evil', 'file'), 'utf8'), 'secret')
      assert.deepEqual(readdirSync(join(lab.dir, 'evil')), ['file'])
      assert.ok(states.has('done'), [...states].join())
      assert.deepEqual(leftovers(lab.dir), [])
    }),
)

test(
  'who reads while it is written sees one text or the other, never a part',
  { skip },
  () =>
    inExecuteLab(async ({ dir, task }) => {
      const path = join(dir, 'file')
      const [one, two] = ['a', 'b'].map((letter) => letter.repeat(200_000))
      writeFileSync(path, one!)
      let isOver = false
      const writing = (async () => {
        for (let i = 0; i < 40; i++) {
          await task({ kind: 'write', path, content: i % 2 === 0 ? two : one })
        }
        isOver = true
      })()
      while (!isOver) {
        const text = readFileSync(path, 'utf8')
        assert.ok(text === one || text === two, `${text.length}`)
        await new Promise((resolve) => setImmediate(resolve))
      }
      await writing
    }),
)
