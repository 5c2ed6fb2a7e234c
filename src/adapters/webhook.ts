import type { WebhookClient } from '../ports.ts'
import { postTo, type Reach, Refusal, type Reply } from './outbound.ts'

export type WebhookOptions = Reach

type Verdict = Awaited<ReturnType<WebhookClient['ask']>>

const MOST_TIMEOUT_MS = 30_000
const REASON_CHARACTERS = 1024

/**
 * Asks the webhooks of policies: within the rule's time, resolving included. Only `200`-class JSON with
 * `decision: allow | deny` is a verdict; the URL, which may hold a secret, is in no reason.
 */
export function createWebhookClient(options: WebhookOptions = {}): WebhookClient {
  return {
    async ask({ url, timeoutMs, body }) {
      const limit = Math.max(1, Math.min(timeoutMs, MOST_TIMEOUT_MS))
      const abort = new AbortController()
      const timer = setTimeout(() => abort.abort(new Refusal('no answer in time')), limit)
      try {
        const sent = { body: JSON.stringify(body), signal: abort.signal }
        return verdictOf(await postTo(url, options, sent))
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
  let reply: unknown
  try {
    reply = JSON.parse(text)
  } catch {
    return failed('the answer is not JSON')
  }
  const { decision, reason } = (reply ?? {}) as { decision?: unknown; reason?: unknown }
  const verdict = typeof decision === 'string' ? decision.trim().toLowerCase() : undefined
  if (verdict !== 'allow' && verdict !== 'deny') return failed('the answer names no decision')
  return {
    verdict,
    reason: typeof reason === 'string' ? reason.slice(0, REASON_CHARACTERS) : '',
  }
}

function failed(reason: string): Verdict {
  return { verdict: 'failed', reason }
}
