import type { AuditEvent } from '../../src/audit/event.ts'
import { alertOf } from '../../src/notify/alert.ts'
import { type Notice, noticeOf } from '../../src/notify/notice.ts'
import { DEVICE } from './formats.ts'

/** An event of the trail as alerts are made of it. */
export function eventOf(change: Partial<AuditEvent> = {}, command = 'rm -rf /'): AuditEvent {
  return {
    schema: 'rampart.audit.v2',
    seq: 7,
    id: '01J0000000000000000000000A',
    time: '2026-11-26T18:00:00.000Z',
    kind: 'decision',
    agent: 'claude',
    session: 's1',
    tool: 'exec',
    request: { params: { command } },
    decision: { action: 'deny', policy: 'p', rule: 'p/1', message: 'No.', eval_us: 9 },
    enforced: true,
    mode: 'enforce',
    via: 'http',
    principal: 'token:t1',
    prev_hash: `sha256:${'0'.repeat(64)}`,
    hash: `sha256:${'1'.repeat(64)}`,
    ...change,
  }
}

export const LINK = 'http://127.0.0.1:9090/approve/abc.def'

/** The notice of an event in which every text that an agent may choose is `text`. */
export function hostileNotice(text: string, link: string | undefined = LINK): Notice {
  const event = eventOf({
    agent: text,
    session: text,
    tool: text,
    principal: text,
    request: { params: { command: text } },
    decision: {
      action: 'require_approval',
      policy: text,
      rule: text,
      message: text,
      effects: Array.from({ length: 9 }, () => ({ tool: text, path: text, by: text })),
      eval_us: 1,
    },
    links: ['a1'],
  })
  return noticeOf(alertOf(event)!, DEVICE, {
    link,
    question: { id: 'a1', expiresAt: 1_800_000_000_000, code: '7KQ2M-X0B4T' },
  })
}
