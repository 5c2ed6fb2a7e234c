import type { Device, TrailLine } from '../audit/format/said.ts'

/** What a receiver did with a batch that it took. */
export interface Taken {
  /** Events that it will never have, by what it says. */
  readonly rejected: number
}

/** Hands a batch over; resolves once the receiver has it, rejects where that is not known. */
export type Deliver = (
  lines: readonly TrailLine[],
  device: Device,
  signal: AbortSignal,
) => Promise<Taken>

/** One sink as a person configured it. */
export interface SinkSpec {
  /** Its cursor's name too: what is delivered is remembered under it. */
  readonly name: string
  readonly type: 'syslog' | 'webhook' | 'otlp' | 'upstream'
  /** `udp:`, `tcp:`, `tls:` for syslog; `http:`, `https:` for the others. */
  readonly url: string
  /** Of syslog: the line of the trail, or a CEF record. */
  readonly format: 'json' | 'cef'
  /** Where a sink that was never there before begins. */
  readonly from: 'now' | 'start'
  readonly ca_file?: string | undefined
  readonly cert_file?: string | undefined
  readonly key_file?: string | undefined
  readonly tls_verify: boolean
  /** Of webhooks: the key of the signature. */
  readonly secret_file?: string | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** Where a sink leads, without what may be secret in a URL. */
export function placeOf({ url }: Pick<SinkSpec, 'url'>): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
