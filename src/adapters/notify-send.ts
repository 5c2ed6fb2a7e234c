import { Buffer } from 'node:buffer'
import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import type { Device } from '../audit/format/said.ts'
import { type Notify, type NotifyPlatform, topicOf } from '../engine/notify.ts'
import { discordMessage } from '../notify/discord.ts'
import { letterOf } from '../notify/email.ts'
import type { Notice } from '../notify/notice.ts'
import { ntfyMessage } from '../notify/ntfy.ts'
import { slackMessage } from '../notify/slack.ts'
import { teamsMessage } from '../notify/teams.ts'
import { telegramMessage } from '../notify/telegram.ts'
import { webhookMessage } from '../notify/webhook.ts'
import type { Clock } from '../ports.ts'
import { runDesktop } from './notify-desktop.ts'
import { DeliveryError } from './delivery-error.ts'
import { postTo, type Reach, Refusal, type Reply } from './outbound.ts'
import { codeOf } from './safe-read.ts'
import { signatureOf, type SigningKey } from './signature.ts'
import { wordsOf } from './sink-syslog.ts'
import { sendMail } from './smtp.ts'
import { isPublicAddress } from './webhook-address.ts'

/** Hands a message to one destination; rejects with a `DeliveryError` where it is not known to have it. */
export type Send = (notice: Notice, signal: AbortSignal) => Promise<void>

export interface SendOptions {
  readonly clock: Clock
  readonly device: () => Promise<Device>
  /** Signs for receivers that have no secret of their own. */
  readonly key?: SigningKey | undefined
  readonly reach?: Reach | undefined
  /** Runs what shows a message on the desktop. */
  readonly desktop?: typeof runDesktop | undefined
}

/** A request of a platform that is reached over HTTP. */
interface Request {
  readonly url: string
  readonly body: object
}

type Encode = (spec: Notify, notice: Notice, device: Device) => Request

const OVER_HTTP: Partial<Record<NotifyPlatform, Encode>> = {
  slack: ({ url }, notice) => ({ url, body: slackMessage(notice) }),
  discord: ({ url }, notice) => ({ url, body: discordMessage(notice) }),
  teams: ({ url }, notice) => ({ url, body: teamsMessage(notice) }),
  telegram: ({ url, chatId }, notice) => ({
    url: url.endsWith('/sendMessage') ? url : `${url.replace(/\/$/, '')}/sendMessage`,
    body: telegramMessage(notice, chatId ?? ''),
  }),
  ntfy({ url }, notice) {
    const { root, topic } = topicOf(url)!
    return { url: root, body: ntfyMessage(notice, topic) }
  },
  webhook: ({ url }, notice, device) => ({ url, body: webhookMessage(notice, device) }),
}

/** What sends messages to a destination as its platform wants them. */
export function senderOf(spec: Notify, options: SendOptions): Send {
  const { desktop = runDesktop } = options
  if (spec.platform === 'email') return mailer(spec, options)
  if (spec.platform === 'desktop') return (notice, signal) => desktop(notice, signal)
  const encode = OVER_HTTP[spec.platform]!
  return async (notice, signal) => {
    const { url, body } = encode(spec, notice, await options.device())
    const text = JSON.stringify(body)
    const headers = {
      ...await bearerOf(spec),
      ...(spec.platform === 'webhook' ? await signed(spec, notice.id, text, options) : {}),
    }
    const reach = reachOf(spec, options)
    const ca = await textOf(spec, spec.caFile)
    throwUnlessTaken(await posted(url, reach, { body: text, headers, signal, ca }), options.clock)
  }
}

async function bearerOf(spec: Notify): Promise<Record<string, string>> {
  const token = await secretOf(spec, spec.tokenFile)
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

async function signed(
  spec: Notify,
  id: string,
  text: string,
  { key, clock }: SendOptions,
): Promise<Record<string, string>> {
  const secret = await secretOf(spec, spec.secretFile) ?? await key?.()
  return signatureOf(secret, id, text, clock)
}

function reachOf({ allowPrivate }: Notify, { reach = {} }: SendOptions): Reach {
  return { ...reach, allowPrivate: reach.allowPrivate === true || allowPrivate }
}

async function posted(
  url: string,
  reach: Reach,
  sent: Parameters<typeof postTo>[2],
): Promise<Reply> {
  try {
    return await postTo(url, reach, sent)
  } catch (error) {
    if (error instanceof DeliveryError) throw error
    if (error instanceof Refusal) {
      throw new DeliveryError(error.message, { isFinal: isForGood(error) })
    }
    throw new DeliveryError(wordsOf(error))
  }
}

/** What another attempt changes nothing about. */
function isForGood({ message }: Refusal): boolean {
  return /not public|not an http|too long/.test(message)
}

const AGAIN = new Set([408, 425, 429])

function throwUnlessTaken({ status, retryAfter }: Reply, clock: Clock): void {
  if (status >= 200 && status <= 299) return
  const isFinal = status < 500 && !AGAIN.has(status)
  throw new DeliveryError(`HTTP ${status}`, { isFinal, retryAfterMs: waitOf(retryAfter, clock) })
}

/** `Retry-After`: seconds, also in fractions, or a time. */
function waitOf(text: string | undefined, clock: Clock): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,6}(?:\.\d{1,9})?$/.test(text)) return Math.ceil(Number(text) * 1000)
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - clock.now())
}

function mailer(spec: Notify, options: SendOptions): Send {
  const url = new URL(spec.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isSecure = url.protocol === 'smtps:'
  const port = url.port === '' ? isSecure ? 465 : 587 : Number(url.port)
  return async (notice, signal) => {
    const { allowPrivate, resolve: found = addressesOf } = reachOf(spec, options)
    const addresses = isIP(host) ? [host] : await found(host)
    const [address] = addresses
    if (address === undefined) throw new DeliveryError('the host has no address')
    if (allowPrivate !== true && !addresses.every(isPublicAddress)) {
      throw new DeliveryError('the address is not public, and private ones are not allowed', {
        isFinal: true,
      })
    }
    const letter = letterOf(
      notice,
      { from: spec.from ?? '', to: spec.to },
      new Date(options.clock.now()),
    )
    const username = spec.username ?? (decodeURIComponent(url.username) || undefined)
    const password = await secretOf(spec, spec.passwordFile) ?? decodeURIComponent(url.password)
    await sendMail({
      ...{ host, address, port, isSecure, signal },
      ca: await textOf(spec, spec.caFile),
      login: username === undefined ? undefined : { username, password },
      mayBePlain: !isPublicAddress(address),
    }, letter)
  }
}

async function addressesOf(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, verbatim: true }).catch(() => [])
  return found.map(({ address }) => address)
}

/** A file that a destination names, from the directory of the file that names it; read anew each time. */
async function textOf({ file }: Notify, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  const place = resolve(dirname(file), path)
  try {
    return Buffer.from(await readFile(place)).toString('utf8')
  } catch (error) {
    throw new DeliveryError(`Cannot read ${place}: ${codeOf(error)}`)
  }
}

async function secretOf(spec: Notify, path: string | undefined): Promise<string | undefined> {
  const secret = (await textOf(spec, path))?.trim()
  if (secret === undefined || /^[\x20-\x7e]{1,4096}$/.test(secret)) return secret
  throw new DeliveryError(`${path} holds no secret: one line is expected`)
}

/** Where a destination leads, without what may be secret in a URL. */
export function shownPlace({ url, platform }: Notify): string {
  const { protocol, host } = new URL(url)
  return platform === 'desktop' ? 'this desktop' : `${protocol}//${host}`
}
