import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { Capture } from '../../src/adapters/execute-capture.ts'
import { createExecutor } from '../../src/adapters/execute.ts'
import {
  type ExecuteLab,
  inExecuteLab,
  noExecution,
  processesWith,
  textOf,
} from '../helpers/execute.ts'
import { until } from '../e2e/server.ts'

const skip = noExecution

const Row = z.strictObject({
  name: z.string(),
  run: z.union([z.string(), z.array(z.string())]),
  files: z.record(z.string(), z.string()).default({}),
  links: z.record(z.string(), z.string()).default({}),
  cwd: z.string().default(''),
  roots: z.array(z.string()).default([]),
  timeoutMs: z.int().optional(),
  outputBytes: z.int().optional(),
  floodBytes: z.int().optional(),
  want: z.strictObject({
    state: z.string(),
    detail: z.string().optional(),
    exitCode: z.int().optional(),
    signal: z.string().optional(),
    stdout: z.string().optional(),
    stderr: z.string().optional(),
    bytes: z.int().optional(),
    truncated: z.boolean().optional(),
    lossy: z.boolean().optional(),
  }),
})
const rows = z.array(Row).min(20).parse(
  parse(readFileSync(new URL('../fixtures/execute-process.yaml', import.meta.url), 'utf8')),
)

for (const row of rows) {
  test(`run: ${row.name}`, { skip }, () =>
    inExecuteLab(async (lab) => {
      prepare(lab, row)
      const { timeoutMs, outputBytes, floodBytes } = row
      const ran = await lab.run(row.run, {
        cwd: join(lab.dir, row.cwd),
        limits: { ...(timeoutMs && { timeoutMs }), ...(outputBytes && { outputBytes }) },
        options: { roots: row.roots.map((root) => join(lab.dir, root)), floodBytes },
      })
      const { stdout, stderr, bytes, truncated, lossy, ...plain } = row.want
      const [out] = ran.outputs
      assert.deepEqual(
        { state: ran.state, detail: ran.detail, ...pick(ran, plain) },
        { detail: undefined, ...plain },
      )
      if (stdout !== undefined) assert.equal(textOf(ran), stdout.replaceAll('{dir}', lab.dir))
      if (stderr !== undefined) assert.equal(textOf(ran, 'stderr'), stderr)
      if (bytes !== undefined) assert.equal(out?.bytes, bytes)
      if (truncated !== undefined) assert.equal(out?.truncated, truncated)
      if (lossy !== undefined) assert.equal(out?.lossy, lossy)
    }))
}

function pick(ran: object, keys: object): object {
  return Object.fromEntries(
    Object.keys(keys).map((key) => [key, (ran as Record<string, unknown>)[key]]),
  )
}

function prepare({ dir }: ExecuteLab, { files, links }: z.infer<typeof Row>): void {
  writeFileSync(join(dir, 'plain.txt'), 'text')
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(dir, name))
}

test(
  'who leaves ends what runs, and what was said so far is kept',
  { skip },
  () =>
    inExecuteLab(async ({ run }) => {
      const gone = new AbortController()
      const seen = (name: string) => name === 'stdout' && gone.abort()
      const ran = await run('echo begun; sleep 1010', { signal: gone.signal, seen })
      assert.deepEqual([ran.state, ran.signal, textOf(ran)], ['cancelled', 'SIGTERM', 'begun\n'])
      const never = await run('echo never', { signal: gone.signal })
      assert.deepEqual([never.state, never.outputs], ['cancelled', []])
    }),
)

test(
  'a digest is that of all that came, kept or not',
  { skip },
  () =>
    inExecuteLab(async ({ run }) => {
      const ran = await run("head -c 300000 /dev/zero | tr '\\0' b", { limits: { outputBytes: 8 } })
      const want = createHash('sha256').update('b'.repeat(300_000)).digest('hex')
      assert.deepEqual([ran.outputs[0]?.sha256, ran.outputs[0]?.text], [want, 'bbbbbbbb'])
    }),
)

test(
  'a directory swapped for a link while it runs changes nothing',
  { skip },
  () =>
    inExecuteLab(async ({ dir, run }) => {
      for (const name of ['real', 'evil']) mkdirSync(join(dir, name))
      writeFileSync(join(dir, 'real', 'who'), 'good')
      writeFileSync(join(dir, 'evil', 'who'), 'bad')
      // Swapped and back, over and over, while calls come.
      const swapper = spawn('/bin/bash', [
        '-c',
        'while :; do mv real kept; ln -s evil real; rm real; mv kept real; done',
      ], {
        cwd: dir,
        stdio: 'ignore',
      })
      try {
        const answers = new Set<string>()
        for (let i = 0; i < 60; i++) {
          const ran = await run('cat who', { cwd: join(dir, 'real') })
          answers.add(ran.state === 'refused' ? 'refused' : textOf(ran)!)
        }
        assert.ok(!answers.has('bad'), [...answers].join())
        assert.ok(answers.has('good'), [...answers].join())
      } finally {
        swapper.kill('SIGKILL')
      }
    }),
)

test(
  'what a server that was killed left running is ended by the next one',
  { skip },
  () =>
    inExecuteLab(async ({ mark }) => {
      const env = { PATH: process.env.PATH ?? '', RAMPART_EXECUTION: `${mark}:OLD` }
      const left = spawn('/bin/sleep', ['1011'], { env, stdio: 'ignore', detached: true })
      const other = spawn('/bin/sleep', ['1012'], {
        env: { ...env, RAMPART_EXECUTION: `${mark}9:OLD` },
        stdio: 'ignore',
      })
      const ended = new Promise((resolve) => left.on('exit', (_code, signal) => resolve(signal)))
      await until(() => processesWith(`RAMPART_EXECUTION=${mark}:`).length > 0 || undefined)
      createExecutor({
        tools: ['exec'],
        roots: [],
        env: {},
        mark,
        protectedPaths: [],
        allowPrivate: false,
        own: { host: '127.0.0.1', port: 9090 },
      })
      assert.equal(await ended, 'SIGKILL')
      assert.equal(other.exitCode ?? other.signalCode, null)
      other.kill('SIGKILL')
    }),
)

test('a cut never makes another text: every limit over texts of all widths', () => {
  const text = 'a\u00e9\u20ac\u{1f600}z'.repeat(3)
  const bytes = new TextEncoder().encode(text)
  for (let most = 1; most <= bytes.length + 1; most++) {
    for (const size of [1, 3, 64]) {
      const capture = new Capture('stdout', most)
      for (let at = 0; at < bytes.length; at += size) capture.add(bytes.subarray(at, at + size))
      const { text: kept, truncated, lossy, bytes: all } = capture.result()
      assert.ok(text.startsWith(kept), `${most} ${JSON.stringify(kept)}`)
      assert.deepEqual([lossy, truncated, all], [false, most < bytes.length, bytes.length])
      assert.ok(new TextEncoder().encode(kept).length > most - 4 || !truncated)
    }
  }
})
