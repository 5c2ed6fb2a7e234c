// The HTTP API in one file, everything in memory: `deno serve -E docs/examples/serve.ts` or `bun run docs/examples/serve.ts`.
// In a project of your own the import is from 'rampart'.
import process from 'node:process'
import { createApi, createApp, memoryServices, readPolicies } from '../../src/mod.ts'

const policies = readPolicies(`version: "1"
extends: standard
default_action: allow
policies:
  - name: releases
    match: {tool: exec}
    rules:
      - {action: deny, when: {command_matches: ["npm publish*"]}, message: CI publishes}
`)

const token = process.env['TOKEN'] ?? ''
if (!/^[0-9a-f]{64}$/.test(token)) throw new Error('TOKEN: 64 hex digits, such as `openssl rand -hex 32` prints')
const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
const adminTokenHash = new Uint8Array(digest).reduce((hex, byte) => hex + byte.toString(16).padStart(2, '0'), '')

const services = memoryServices(policies)
const app = createApp(createApi(services, { adminTokenHash }), { settings: services.settings, host: '127.0.0.1' })

export default { hostname: '127.0.0.1', fetch: (request: Request) => app.fetch(request) }
