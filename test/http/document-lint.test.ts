import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { onlyOn } from '../helpers/runtime.ts'

const OPENAPI = fileURLToPath(new URL('../../openapi', import.meta.url))
const skip = onlyOn('node', 'the description is the same')

/** What Redocly's recommended rules say of a description. */
function lint(file: string): { readonly ruleId: string; readonly message: string }[] {
  const program = dirname(createRequire(import.meta.url).resolve('@redocly/cli/package.json'))
  const argv = ['lint', '--format=json', '--config', join(OPENAPI, 'redocly.yaml'), file]
  const ran = spawnSync(process.execPath, [join(program, 'bin', 'cli.js'), ...argv], {
    encoding: 'utf8',
    env: {
      ...process.env,
      REDOCLY_TELEMETRY: 'off',
      REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
      CI: 'true',
    },
  })
  assert.ok(ran.stdout.startsWith('{'), ran.stdout + ran.stderr)
  return JSON.parse(ran.stdout).problems
}

test('Redocly finds nothing in the description, by its recommended rules', { skip }, () => {
  assert.deepEqual(lint(join(OPENAPI, 'openapi.json')), [])
})

test('Redocly finds what is taken away from it', { skip }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'rampart-lint-'))
  try {
    const document = JSON.parse(readFileSync(join(OPENAPI, 'openapi.json'), 'utf8'))
    delete document.paths['/healthz'].get.summary
    document.paths['/healthz'].get.responses[200].content['application/json'].examples.ok.value
      .status = 0
    document.paths['/v1/status'].get.operationId = 'getHealth'
    const file = join(dir, 'openapi.json')
    writeFileSync(file, JSON.stringify(document))
    const rules = lint(file).map(({ ruleId }) => ruleId).sort()
    assert.deepEqual(rules, [
      'no-invalid-media-type-examples',
      'no-invalid-media-type-examples',
      'operation-operationId-unique',
      'operation-summary',
    ])
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
