// Ask one webhook from a process of its own, whose environment says which certificates it trusts.
import process from 'node:process'
import { createWebhookClient } from '../../src/adapters/webhook.ts'

const verdict = await createWebhookClient({ allowPrivate: true })
  .ask({ url: process.argv[2]!, timeoutMs: 20_000, body: {} })
process.stdout.write(JSON.stringify(verdict))
