import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { memoryAuditLog } from '../../src/adapters/memory.ts'
import { trailReader } from '../../src/adapters/audit-export.ts'
import { trailProofs } from '../../src/adapters/audit-prove-service.ts'
import { createApp } from '../../src/http/app.ts'
import { ROUTES } from '../../src/http/table.ts'
import { createApi } from '../../src/service/create-api.ts'
import { sha256 } from '../../src/service/digest.ts'
import type { Services } from '../../src/service/services.ts'
import { withAnchors } from '../helpers/anchors.ts'
import { draft } from '../helpers/audit.ts'
import { DEVICE } from '../helpers/formats.ts'
import { exec, httpBench, requestFor } from '../helpers/http.ts'
import { rulesBench } from '../helpers/rules.ts'

const BODIES: Readonly<Record<string, unknown>> = {
  callTool: exec('deploy', { explain: true }),
  answerHook: { hook_event_name: 'SessionStart', session_id: 's' },
  preflightTool: exec('rm -rf /', { explain: true }),
  createApproval: exec('deploy', { tool: 'exec' }),
  resolveApproval: { approved: false, resolved_by: 'ann' },
  bulkResolveApprovals: { ids: ['none'], approved: true },
  explainCall: exec('rm -rf /', { tool: 'exec' }),
  reloadPolicies: {},
  createLogin: {},
  createStepUp: {},
  endSessions: { session: 'all' },
  createRule: { action: 'allow', tool: 'exec', pattern: 'deploy x', cwd: '/w' },
  previewRule: { action: 'block', tool: 'exec', pattern: 'git push' },
}

const POLICY = `version: "1"
default_action: allow
policies:
  - name: p
    rules:
      - {action: deny, when: {command_matches: "rm*"}}
      - {action: require_approval, when: {command_matches: "deploy*"}}
`

/** The schema with no room for a key that it does not describe. */
function strictly(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject ? z.strictObject(schema.shape) : schema
}

test('every answer of the real service is what the description says', async () => {
  await withAnchors(async ({ openAnchored, dir, keys }) => {
    const { log, anchors } = await openAnchored()
    const [event] = await log.append([draft()])
    await anchors.anchorTo(event!.seq)
    const proofs = trailProofs({ dir, keys, anchors, head: log.head })
    const trail = trailReader(dir, () => Promise.resolve(DEVICE))
    await answersAsDescribed({ proofs, trail }, event!.id)
  })
})

async function answersAsDescribed(
  ports: Pick<Services, 'proofs' | 'trail'>,
  eventId: string,
): Promise<void> {
  const one = rulesBench(POLICY)
  const services = { ...one.services, ...ports, feed: memoryAuditLog().feed }
  const api = createApi(services, { adminTokenHash: await sha256('admin-token') })
  const app = createApp(api, { settings: one.services.settings, host: '127.0.0.1' })
  const asked = await app.fetch(requestFor('/v1/tool/exec', {
    body: exec('deploy'),
    headers: { prefer: 'respond-async' },
  }))
  assert.equal(asked.status, 202)
  const { approval_id: id } = await asked.json()
  const [rule] = await api.rules.create(
    { principal: 'admin', scopes: ['admin'] },
    { action: 'block', pattern: 'git push' },
    'http',
  )
  const ids: Readonly<Record<string, string>> = { proveEvent: eventId, removeRule: rule!.id }
  for (const { path, method, operationId, replies } of ROUTES) {
    // A session of the dashboard alone gets that far: step-up.test.ts.
    if (operationId === 'enterStepUp') continue
    const response = await app.fetch(
      requestFor(
        path.replace('{name}', 'exec').replace('{format}', 'claude-code').replace(
          '{id}',
          ids[operationId] ?? id,
        ),
        {
          method,
          headers: { prefer: 'respond-async' },
          ...(method === 'POST' ? { body: BODIES[operationId] } : {}),
        },
      ),
    )
    const text = operationId === 'streamEvents' ? await firstPiece(response) : await response.text()
    const described = replies[response.status]
    assert.ok(described, `${operationId} answers ${response.status}: ${text}`)
    const parsed = strictly(described.schema).safeParse(
      described.types === undefined ? JSON.parse(text) : text,
    )
    assert.ok(parsed.success, `${operationId}: ${parsed.error?.message} in ${text}`)
    for (const name of Object.keys(described.headers ?? {})) {
      assert.ok(response.headers.has(name), `${operationId} ${name}`)
    }
  }
}

/** Of an answer that goes on as long as somebody reads. */
async function firstPiece(response: Response): Promise<string> {
  const reader = response.body!.getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return new TextDecoder().decode(value)
}

test('no request whatever is answered with 500', async () => {
  const { send, logged } = httpBench()
  const paths = fc.constantFrom(...ROUTES.map(({ path }) => path), '/', '/v1/tool/%00', '/%', '/?a')
  const methods = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH')
  const bodies = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.jsonValue().map((value) => new TextEncoder().encode(JSON.stringify(value))),
    fc.record({ agent: fc.jsonValue(), session: fc.jsonValue(), params: fc.jsonValue() })
      .map((value) => new TextEncoder().encode(JSON.stringify(value))),
  )
  await fc.assert(fc.asyncProperty(paths, methods, bodies, async (path, method, body) => {
    const bodiless = method === 'GET' || method === 'HEAD'
    const got = await send(path, { method, ...(bodiless ? {} : { body }) })
    assert.ok(got.status < 500, `${got.status} ${got.text}`)
  }))
  assert.deepEqual(logged, [])
})
