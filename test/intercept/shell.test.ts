import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Subject } from '../../src/engine/types.ts'
import { readCommandLine } from '../../src/intercept/shell/read.ts'

const Case = z.strictObject({
  name: z.string(),
  line: z.string(),
  parts: z.array(z.string()).optional(),
  /** The parts named are among others. */
  loose: z.boolean().default(false),
  /** Commands that code of another language may run. */
  possible: z.array(z.string()).optional(),
  effects: z.array(z.string()).optional(),
  spans: z.array(z.string()).optional(),
  unresolved: z.array(z.string()).optional(),
  complete: z.boolean().optional(),
  /** Script files that are there. */
  files: z.record(z.string(), z.string()).default({}),
  scripts: z.array(z.string()).optional(),
})

const file = new URL('../fixtures/intercept/shell.yaml', import.meta.url)
const cases = z.array(Case).min(60).parse(parse(readFileSync(file, 'utf8')))

function effectOf({ paths, urls }: Subject): string[] {
  return [
    ...paths.map(({ access, path, absolute }) => `${access} ${path}${absolute ? '' : '?'}`),
    ...urls.map(({ url }) => `fetch ${url}`),
  ]
}

for (const { name, line, ...want } of cases) {
  test(name, () => {
    const place = { cwds: ['/w'], homes: ['/home/u'] }
    const { files } = want
    const { subjects, complete, scripts } = readCommandLine(
      line,
      place,
      new Map(Object.entries(files)),
    )
    if (want.scripts !== undefined) assert.deepEqual(scripts, want.scripts)
    const ofKind = (kind: string) => subjects.filter((subject) => subject.kind === kind)
    const words = (kind: string) => ofKind(kind).map(({ command }) => command!.words)
    if (want.loose) {
      for (const part of want.parts ?? []) assert.ok(words('part').includes(part), part)
    } else if (want.parts !== undefined) assert.deepEqual(words('part'), want.parts)
    const possible = ofKind('effect').flatMap(({ command }) => command?.words ?? [])
    for (const one of want.possible ?? []) {
      assert.ok(possible.includes(one), `${one} of ${possible}`)
    }
    if (want.possible !== undefined && !want.loose) assert.deepEqual(possible, want.possible)
    const effects = ofKind('effect').flatMap((one) => one.command ? [] : effectOf(one))
    if (want.effects !== undefined) {
      assert.deepEqual([...new Set(effects)], want.effects)
    }
    if (want.spans !== undefined) assert.deepEqual(words('span'), want.spans)
    const kinds = new Set(ofKind('part').flatMap(({ command }) => command!.unresolved))
    if (want.unresolved !== undefined) assert.deepEqual([...kinds].sort(), want.unresolved.sort())
    if (want.complete !== undefined) assert.equal(complete, want.complete)
  })
}
