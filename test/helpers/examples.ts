import assert from 'node:assert/strict'
import { trailReader } from '../../src/adapters/audit-export.ts'
import { trailProofs } from '../../src/adapters/audit-prove-service.ts'
import { memoryAuditLog } from '../../src/adapters/memory.ts'
import { memoryFleet, memoryNodeTrails } from '../../src/adapters/memory-fleet.ts'
import type { FleetParts } from '../../src/ports.ts'
import { createApp } from '../../src/http/app.ts'
import { type Example, SOME_ID } from '../../src/http/reference/reference.ts'
import { REFERENCE } from '../../src/http/reference/table.ts'
import type { Route } from '../../src/http/route.ts'
import { ROUTES } from '../../src/http/table.ts'
import { createApi } from '../../src/service/create-api.ts'
import { sha256 } from '../../src/service/digest.ts'
import { withAnchors } from './anchors.ts'
import { draft } from './audit.ts'
import { DEVICE } from './formats.ts'
import { exec, requestFor } from './http.ts'
import { ADMIN, rulesBench } from './rules.ts'

const POLICY = `version: "1"
default_action: allow
policies:
  - name: block-destructive
    rules:
      - {action: deny, when: {command_matches: "rm -rf *"}, message: Destructive command blocked}
  - name: releases
    rules:
      - {action: require_approval, when: {command_matches: "deploy*"}, message: A person looks at releases}
  - name: secrets
    match: {tool: [read, write]}
    rules:
      - {action: deny, when: {path_matches: "/w/secret/**"}, message: Secrets stay where they are}
`

/** Of an upstream without nodes: nobody signs as one. */
const FLEET: FleetParts = {
  store: memoryFleet(),
  trails: memoryNodeTrails(),
  key: () => Promise.resolve({ publicKey: new Uint8Array(32), sign: () => new Uint8Array(64) }),
  verifies: () => false,
}

/** One example, sent. */
export interface Sent {
  readonly name: string
  readonly route: Route
  readonly example: Example
  readonly path: string
  readonly response: Response
  readonly text: string
}

/** Send every example of the description to the real service, over what `serve` makes of its app. */
export async function sendExamples(heard: (sent: Sent) => void | Promise<void>): Promise<void> {
  await withAnchors(async ({ openAnchored, dir, keys }) => {
    const { log, anchors } = await openAnchored()
    const [event] = await log.append([draft()])
    await anchors.anchorTo(event!.seq)
    const proofs = trailProofs({ dir, keys, anchors, head: log.head })
    const trail = trailReader(dir, () => Promise.resolve(DEVICE))
    const one = rulesBench(POLICY)
    const memory = memoryAuditLog()
    await memory.append([draft()])
    const services = { ...one.services, proofs, trail, feed: memory.feed, fleet: FLEET }
    const api = createApi(services, { adminTokenHash: await sha256('admin-token') })
    const app = createApp(api, { settings: one.services.settings, host: '127.0.0.1' })
    const idFor: Readonly<Record<string, () => Promise<string>>> = {
      proveEvent: () => Promise.resolve(event!.id),
      removeRule: async () => {
        const made = await api.rules.create(ADMIN, { action: 'block', pattern: 'git push' }, 'http')
        return made[0]!.id
      },
    }
    let questions = 0
    const question = async () => {
      const asked = await app.fetch(requestFor('/v1/tool/exec', {
        body: exec(`deploy build-${++questions}`),
        headers: { prefer: 'respond-async' },
      }))
      assert.equal(asked.status, 202)
      return (await asked.json()).approval_id as string
    }
    for (const route of ROUTES) {
      for (const [name, example] of Object.entries(REFERENCE[route.operationId]!.examples)) {
        // Lists are told by time.
        await one.clock.advance(1000)
        const id = needsId(example) ? await (idFor[route.operationId] ?? question)() : ''
        const path = pathOf(route, example).replaceAll(SOME_ID, id)
        const response = await app.fetch(requestFor(path, {
          method: route.method,
          headers: typeHeaders(route, example),
          body: bodyOf(example, id),
        }))
        const text = route.operationId === 'streamEvents'
          ? await firstPiece(response)
          : await response.clone().text()
        await heard({ name, route, example, path, response, text })
      }
    }
  })
}

const needsId = (example: Example) => JSON.stringify(example).includes(SOME_ID)

function pathOf({ path }: Route, { params = {}, query = {} }: Example): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name]!))
  const asked = Object.entries(query).map(([name, value]) => [name, String(value)])
  return asked.length === 0 ? filled : `${filled}?${new URLSearchParams(asked)}`
}

function typeHeaders({ bytes }: Route, { headers = {} }: Example): Record<string, string> {
  const given = Object.entries(headers).map(([name, value]) => [name, String(value)])
  const type = bytes === undefined ? {} : { 'content-type': 'application/octet-stream' }
  return { ...Object.fromEntries(given), ...type }
}

function bodyOf({ body }: Example, id: string): unknown {
  if (body === undefined || typeof body === 'string') return body
  return JSON.parse(JSON.stringify(body).replaceAll(SOME_ID, id))
}

/** Of an answer that goes on as long as somebody reads. */
async function firstPiece(response: Response): Promise<string> {
  const reader = response.body!.getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return new TextDecoder().decode(value)
}

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{64}\b/g, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  [/\b[0-9a-f]{16}\b/g, '29e92075a1b2c3d4'],
  [/\b[0-9a-f]{32}\b/g, SOME_ID],
  [/\b[01]\d{25}\b/g, SOME_ID],
  [/\b01[0-9A-HJKMNP-TV-Z]{24}\b/g, SOME_ID],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '0f8fad5b-d9cb-469f-a165-70867728950e'],
  [/\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b/g, '7Q4KX-M2T9B'],
  [/\b(rampart-audit-)[\w-]+/g, '$1x'],
  [/(?<![0-9a-f:])[A-Za-z0-9+/]{40,}={0,2}(?!\S)/g, 'bGlrZSB0aGlzLCBvbmx5IGxvbmdlcg=='],
]
const OF_THIS_RUN =
  /^(?:eval_duration_us|eval_us|duration_ms|uptime_seconds|key_id|pid|created_at|last|time)$/

/** An answer as the description shows it: what differs from run to run looks like itself, always the same. */
export function masked(value: unknown, key = ''): unknown {
  if (typeof value === 'number' && OF_THIS_RUN.test(key)) return 42
  if (typeof value === 'string') {
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return '2027-01-15T08:00:00.000Z'
    if (key === 'key_id' || key === 'public_key') return 'bGlrZSB0aGlzLCBvbmx5IGxvbmdlcg=='
    if (key === 'code' && /^\d{6}$|^[0-9a-z-]{6,}$/i.test(value)) return '123456'
    return MASKS.reduce((text, [pattern, by]) => text.replace(pattern, by), value)
  }
  if (Array.isArray(value)) return value.map((one) => masked(one, key.replace(/s$/, '')))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, masked(one, name)]))
}

/** What the description shows of an answer; undefined where a page has no use for it. */
export function shownOf({ route, response, text }: Sent): unknown {
  if (response.status === 204 || route.operationId === 'getOpenapi') return undefined
  const isJson = /json$/.test(response.headers.get('content-type') ?? '') &&
    !response.headers.get('content-type')!.includes('ndjson')
  if (isJson) return masked(JSON.parse(text))
  if (route.operationId === 'streamEvents') return masked(eventsOf(text)[0])
  return masked(text.split('\n').slice(0, 3).join('\n'))
}

/** The events of a piece of a stream, by their fields. */
export function eventsOf(text: string): Record<string, unknown>[] {
  return text.split('\n\n').map((block) =>
    Object.fromEntries(
      [...block.matchAll(/^(id|event|data|retry): (.*)$/gm)]
        .map(([, name, value]) => [name, name === 'retry' ? Number(value) : value]),
    )
  ).filter(({ event }) => event !== undefined)
}
