import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Clock } from '../ports.ts'
import { otlpBody } from '../audit/format/otlp.ts'
import { signatureHeader, signedText, webhookBody } from '../audit/format/webhook.ts'
import { postTo, type Reach, Refusal, type Reply, type Sent } from './outbound.ts'
import { codeOf } from './safe-read.ts'
import { DeliveryError } from './delivery-error.ts'
import { type Deliver, type SinkSpec } from './sink-deliver.ts'
import { pemOf, wordsOf } from './sink-syslog.ts'

/**
 * A batch as JSON to a webhook. With a secret it is signed: `X-Rampart-Signature: t=SECONDS,v1=HEX`, the
 * HMAC-SHA256 of `SECONDS.BODY`. Receivers that are not public are refused unless they are allowed.
 */
export function webhookDelivery(spec: SinkSpec, clock: Clock, reach: Reach): Deliver {
  return async (lines, device, signal) => {
    const body = webhookBody(lines, device)
    const signed = await signatureOf(spec, body, clock)
    await posted(spec, spec.url, reach, { body, headers: { ...spec.headers, ...signed }, signal })
    return { rejected: 0 }
  }
}

async function signatureOf(
  { secret_file }: SinkSpec,
  body: string,
  clock: Clock,
): Promise<Record<string, string>> {
  if (secret_file === undefined) return {}
  const secret = (await secretOf(secret_file)).trim()
  if (secret === '') throw new DeliveryError(`${secret_file} is empty`)
  const seconds = Math.floor(clock.now() / 1000)
  const digest = createHmac('sha256', secret).update(signedText(seconds, body)).digest('hex')
  return { 'x-rampart-signature': signatureHeader(seconds, digest) }
}

async function secretOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new DeliveryError(`Cannot read ${path}: ${codeOf(error)}`)
  }
}

/** OpenTelemetry logs over HTTP as JSON. A collector mostly runs beside us, so any address will do. */
export function otlpDelivery(spec: SinkSpec, clock: Clock, reach: Reach): Deliver {
  const url = new URL(spec.url)
  if (url.pathname === '/') url.pathname = '/v1/logs'
  return async (lines, device, signal) => {
    const body = otlpBody(lines, device, clock.now())
    const { headers } = spec
    const sent = { body, headers, signal }
    const reply = await posted(spec, url.href, { ...reach, allowPrivate: true }, sent)
    return { rejected: rejectedOf(reply) }
  }
}

/** `partialSuccess`: what the collector will not take; it is not to be sent again. */
function rejectedOf({ text }: Reply): number {
  try {
    const reply = JSON.parse(text) as { partialSuccess?: { rejectedLogRecords?: unknown } } | null
    const count = Number(reply?.partialSuccess?.rejectedLogRecords ?? 0)
    return Number.isSafeInteger(count) && count > 0 ? count : 0
  } catch {
    return 0
  }
}

async function posted(spec: SinkSpec, url: string, reach: Reach, sent: Sent): Promise<Reply> {
  const reply = await attempt(url, reach, {
    ...sent,
    verify: spec.tls_verify,
    ca: await pemOf(spec.ca_file),
  })
  const { status, retryAfter } = reply
  if (status >= 200 && status <= 299) return reply
  throw new DeliveryError(`HTTP ${status}`, {
    isTooLarge: status === 413,
    retryAfterMs: /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : undefined,
  })
}

async function attempt(url: string, reach: Reach, sent: Sent): Promise<Reply> {
  try {
    return await postTo(url, reach, sent)
  } catch (error) {
    throw new DeliveryError(error instanceof Refusal ? error.message : wordsOf(error))
  }
}
