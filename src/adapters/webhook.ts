import { parseJson } from '../engine/json.ts'
import type { Json } from '../engine/types.ts'
import type { Clock, WebhookClient } from '../ports.ts'
import { postTo, type Reach, Refusal, type Reply } from './outbound.ts'
import { signatureOf, type SigningKey } from './signature.ts'

export interface WebhookOptions extends Reach {
  readonly clock: Pick<Clock, 'now'>
  /** What requests are signed with; unsigned where it is absent. */
  readonly key?: SigningKey | undefined
}

type Verdict = Awaited<ReturnType<WebhookClient['ask']>>

const MOST_TIMEOUT_MS = 30_000
const REASON_CHARACTERS = 1024
const VERDICTS = ['allow', 'deny', 'require_approval', 'log'] as const

/**
 * Asks the webhooks of policies: within the rule's time, resolving included. Only `200`-class JSON with a
 * `decision` of ours is a verdict; the URL, which may hold a secret, is in no reason. Other members of the
 * answer are not read.
 */
export function createWebhookClient(options: WebhookOptions): WebhookClient {
  const { clock, key } = options
  return {
    async ask({ url, timeoutMs, id, body, allowPrivate }) {
      const limit = Math.max(1, Math.min(timeoutMs, MOST_TIMEOUT_MS))
      const abort = new AbortController()
      const timer = setTimeout(() => abort.abort(new Refusal('no answer in time')), limit)
      try {
        const text = JSON.stringify(body)
        const headers = signatureOf(await key?.(), id, text, clock)
        const reach = { ...options, allowPrivate: options.allowPrivate === true || allowPrivate }
        return verdictOf(await postTo(url, reach, { body: text, headers, signal: abort.signal }))
      } catch (error) {
        return failed(error instanceof Refusal ? error.message : 'request failed')
      } finally {
        clearTimeout(timer)
        abort.abort()
      }
    },
  }
}

function verdictOf({ status, text }: Reply): Verdict {
  if (status < 200 || status > 299) return failed(`HTTP ${status}`)
  let reply: Json
  try {
    // What two readers could read as two answers is none.
    reply = parseJson(text)
  } catch {
    return failed('the answer is not JSON that can be trusted')
  }
  const { decision, reason } = (reply ?? {}) as { decision?: unknown; reason?: unknown }
  const word = typeof decision === 'string' ? decision.trim().toLowerCase() : undefined
  const verdict = VERDICTS.find((one) => one === word)
  if (verdict === undefined) return failed('the answer names no decision')
  return {
    verdict,
    reason: typeof reason === 'string' ? reason.slice(0, REASON_CHARACTERS) : '',
  }
}

function failed(reason: string): Verdict {
  return { verdict: 'failed', reason }
}
