// Ask one webhook from a process of its own, whose environment says which certificates it trusts.
import process from 'node:process'
import { systemClock } from '../../src/adapters/clock.ts'
import { createWebhookClient } from '../../src/adapters/webhook.ts'

const asked = { id: 'q1', body: {}, allowPrivate: true }
const verdict = await createWebhookClient({ clock: systemClock() })
  .ask({ url: process.argv[2]!, timeoutMs: 20_000, ...asked })
process.stdout.write(JSON.stringify(verdict))
