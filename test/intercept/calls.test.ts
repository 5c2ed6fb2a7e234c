import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Identity, Json, PathValue, Subject } from '../../src/engine/types.ts'
import { RampartError } from '../../src/errors.ts'
import { ROLES } from '../../src/intercept/mcp-words.ts'
import { normaliseCall } from '../../src/intercept/normalise.ts'
import { pathValues, placeOf } from '../../src/intercept/path.ts'
import { urlValues } from '../../src/intercept/url.ts'

const table = (name: string): unknown =>
  parse(readFileSync(new URL(`../fixtures/intercept/${name}.yaml`, import.meta.url), 'utf8'))

const identity: Identity = { principal: 'uid:1', agent: 'a', session: 's', bound: new Set() }
const shown = ({ path, absolute }: PathValue) => `${path}${absolute ? '' : '?'}`

function told({ kind, tools, command, paths, urls }: Subject): string {
  return [
    kind,
    ...tools,
    ...(command === undefined ? [] : [command.words]),
    ...paths.map((value) => `${value.access} ${shown(value)}`),
    ...urls.map(({ url }) => `fetch ${url}`),
  ].join(' ')
}

const Calls = z.array(z.strictObject({
  name: z.string(),
  call: z.strictObject({
    tool: z.string(),
    params: z.record(z.string(), z.unknown()),
    roles: z.record(z.string(), z.enum(ROLES)).optional(),
  }),
  cwd: z.string().nullable().default('/w'),
  tool: z.string().optional(),
  subjects: z.array(z.string()).optional(),
  /** Some of the subjects. */
  has: z.array(z.string()).optional(),
  error: z.array(z.string()).optional(),
})).min(30)

for (const { name, call, cwd, ...want } of Calls.parse(table('calls'))) {
  test(name, () => {
    const params = call.params as Record<string, Json>
    const homes = ['/home/u']
    const read = () => normaliseCall({ ...call, identity, params, cwd: cwd ?? undefined, homes })
    if (want.error !== undefined) {
      assert.throws(read, (error: unknown) => {
        assert.ok(error instanceof RampartError)
        assert.equal(error.code, 'request_invalid')
        assert.deepEqual(error.errors.map(({ pointer }) => pointer), want.error)
        return true
      })
      return
    }
    const have = read()
    if (want.tool !== undefined) assert.equal(have.tool, want.tool)
    if (want.subjects !== undefined) assert.deepEqual(have.subjects.map(told), want.subjects)
    const missing = want.has?.filter((one) => !have.subjects.map(told).includes(one)) ?? []
    assert.deepEqual(missing, [], have.subjects.map(told).join('\n'))
  })
}

const Paths = z.array(z.strictObject({
  name: z.string(),
  path: z.string(),
  cwd: z.string().nullable().default('/w'),
  homes: z.array(z.string()).default(['/home/u']),
  want: z.array(z.string()),
})).min(20)

for (const { name, path, cwd, homes, want } of Paths.parse(table('paths'))) {
  test(`path: ${name}`, () => {
    const have = pathValues(path, 'read', placeOf(cwd ?? undefined, homes))
    assert.deepEqual(have.map(shown), want)
  })
}

const Urls = z.array(z.strictObject({
  name: z.string(),
  url: z.string(),
  hosts: z.array(z.string()),
  want: z.string().optional(),
})).min(15)

for (const { name, url, hosts, want } of Urls.parse(table('urls'))) {
  test(`url: ${name}`, () => {
    const have = urlValues(url)
    assert.deepEqual(have.map(({ host }) => host), hosts)
    if (want !== undefined) assert.equal(have[0]!.url, want)
  })
}
