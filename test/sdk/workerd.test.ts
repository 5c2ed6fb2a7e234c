import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { parse } from 'yaml'
import { z } from 'zod'
import { onlyOn } from '../helpers/runtime.ts'
import here from './worker.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const elsewhere = onlyOn('node', 'what is bundled is the same') || false

interface Miniflare {
  dispatchFetch(url: string, init?: RequestInit): Promise<Response>
  dispose(): Promise<void>
}
type Maker = new (options: Record<string, unknown>) => Miniflare

/** The isolate of Cloudflare's workers, where it is installed: it is no dependency, for it is 130 MB. */
async function miniflare(): Promise<Maker | undefined> {
  const place = process.env['TEST_MINIFLARE']
  const name = place === undefined ? 'miniflare' : pathToFileURL(place).href
  try {
    return (await import(name)).Miniflare
  } catch {
    return undefined
  }
}

/** A bundle that leaves `node:` alone; its bytes, and packed. */
function bundle(entry: string, dir: string): { path: string; bytes: number; packed: number } {
  const path = join(dir, 'bundle.mjs')
  const bun = join(ROOT, 'node_modules', '.bin', 'bun')
  const flags = ['build', '--target=browser', '--external', 'node:*', '--format=esm', '--minify']
  const { status, stderr } = spawnSync(bun, [...flags, '--outfile', path, entry], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  return { path, bytes: statSync(path).size, packed: gzipSync(readFileSync(path)).length }
}

async function inDirectory(body: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-worker-'))
  try {
    await body(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const Row = z.strictObject({
  tool: z.string(),
  params: z.record(z.string(), z.unknown()),
  response: z.string().optional(),
})
const url = new URL('../fixtures/sdk-calls.yaml', import.meta.url)
const rows = z.array(Row).min(15).parse(parse(readFileSync(url, 'utf8')))

test(
  'the pure engine is small, and nothing of it needs node:',
  { skip: elsewhere },
  (t) =>
    inDirectory(async (dir) => {
      const entry = join(dir, 'engine.ts')
      const from = (name: string) => JSON.stringify(join(ROOT, 'src', name))
      writeFileSync(
        entry,
        `export { evaluate } from ${from('engine/evaluate.ts')}
export { evaluateResponse } from ${from('engine/output.ts')}
export { assemblePolicies } from ${from('engine/assemble.ts')}
export { normaliseCall } from ${from('intercept/normalise.ts')}
`,
      )
      const { path, bytes, packed } = bundle(entry, dir)
      t.diagnostic(`engine: ${bytes} bytes, ${packed} gzipped`)
      assert.doesNotMatch(readFileSync(path, 'utf8'), /from"node:|require\("node:/)
      assert.ok(packed <= 120_000, `${packed}`)
    }),
)

test('the engine and the app answer the same in workerd', { skip: elsewhere }, async (t) => {
  const Made = await miniflare()
  if (Made === undefined) {
    return t.skip('miniflare is not installed: TEST_MINIFLARE names its dist/src/index.js')
  }
  await inDirectory(async (dir) => {
    const { path, bytes, packed } = bundle(join(ROOT, 'test', 'sdk', 'worker.ts'), dir)
    t.diagnostic(`app with the built-in profiles: ${bytes} bytes, ${packed} gzipped`)
    const worker = new Made({
      modules: [{ type: 'ESModule', path: 'bundle.mjs', contents: readFileSync(path, 'utf8') }],
      compatibilityDate: '2026-04-01',
      compatibilityFlags: ['nodejs_compat'],
    })
    try {
      for (const { tool, params, response } of rows) {
        const asked = {
          agent: 'a',
          session: 's',
          cwd: '/w',
          params,
          ...(response === undefined ? {} : { response }),
        }
        for (
          const [place, body] of [
            ...(Object.keys(params).length === 0 ? [] : [['/engine', { tool, params }] as const]),
            [`/v1/preflight/${tool}`, asked] as const,
          ]
        ) {
          const init = {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }
          const there = await worker.dispatchFetch(`http://127.0.0.1${place}`, init)
          const own = await here.fetch(new Request(`http://127.0.0.1${place}`, init))
          assert.equal(there.status, own.status, place)
          assert.deepEqual(
            same(await there.json()),
            same(await own.json()),
            `${place} ${JSON.stringify(params)}`,
          )
        }
      }
    } finally {
      await worker.dispose()
    }
  })
})

/** Without what differs from one call to the next. */
function same(answer: unknown): unknown {
  const { audit_id: _id, eval_duration_us: _us, ...rest } = answer as Record<string, unknown>
  return rest
}
