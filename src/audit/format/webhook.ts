import type { Device, TrailLine } from './said.ts'

export const BATCH_SCHEMA = 'rampart.batch.v1'

/**
 * One batch for a webhook. The events are the lines of the trail as they stand there, so that each can be
 * checked against its hash; the batch is named by its first and last, so that one that comes twice shows.
 */
export function webhookBody(lines: readonly TrailLine[], device: Device): string {
  const first = lines[0]?.event.seq ?? 0
  const last = lines.at(-1)?.event.seq ?? 0
  const head = JSON.stringify({
    schema: BATCH_SCHEMA,
    batch: `${device.id}:${first}-${last}`,
    host: device.host,
    version: device.version,
    count: lines.length,
  })
  return `${head.slice(0, -1)},"events":[${lines.map(({ text }) => text).join(',')}]}`
}

/** What `X-Rampart-Signature` signs: the time makes an old body of no use to who kept it. */
export function signedText(unixSeconds: number, body: string): string {
  return `${unixSeconds}.${body}`
}

export function signatureHeader(unixSeconds: number, hexDigest: string): string {
  return `t=${unixSeconds},v1=${hexDigest}`
}
