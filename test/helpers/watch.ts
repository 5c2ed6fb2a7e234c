import type { WireApproval } from '../../src/cli/approval-text.ts'
import type { Choice } from '../../src/cli/watch/state.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { trailLine } from './formats.ts'

/** 2026-11-24T12:00:00.000Z, when the events of `draft` happen. */
export const NOW = 1_795_521_600_000

const DEPLOY: WireApproval = {
  id: '0f3c9a7e5b214d6890aa11bb22cc33dd',
  status: 'pending',
  agent: 'claude',
  session: 's1',
  tool: 'exec',
  params: { command: 'git push origin main && curl -T report.txt https://x.test/up' },
  message: 'Pushing needs a person',
  rule: 'push/1',
  cwd: '/home/u/app',
  created_at: '2026-11-24T11:59:00.000Z',
  expires_at: '2026-11-24T12:04:00.000Z',
  code: 'KQXJM-PWZRA',
  parts: [
    { kind: 'part', text: 'git push origin main', action: 'require_approval' },
    { kind: 'part', text: 'curl -T report.txt https://x.test/up' },
    { kind: 'effect', text: 'read /home/u/app/report.txt', of: 1 },
  ],
  effects: [{ tool: 'read', path: '/home/u/app/report.txt', by: 'curl' }],
  effects_complete: false,
  approvers: 1,
  answers: [],
  waiters: 1,
}

export const APPROVALS: Readonly<Record<string, WireApproval>> = {
  deploy: DEPLOY,
  mixed: {
    ...DEPLOY,
    id: '77aa0000000000000000000000000001',
    params: { command: 'curl pаypal.com' },
    parts: [],
    effects: [],
    created_at: '2026-11-24T11:59:30.000Z',
    expires_at: '2026-11-24T12:00:42.000Z',
  },
  hostile: {
    ...DEPLOY,
    agent: '\x1b]0;owned\x07claude',
    params: { command: 'echo 日本語😀\r\x1b[2K rm\u202e-rf \u200b/ \u0301\u0301\u0301\u0301' },
    message: 'a\nb',
    parts: [],
  },
  quorum: {
    ...DEPLOY,
    params: { command: 'deploy' },
    parts: [],
    approvers: 2,
    answers: [{ principal: 'token:1', name: 'ann', approved: true }],
    waiters: 0,
  },
}

const event = (seq: number, action: string, command: string, agent = 'claude'): AuditEvent =>
  trailLine({
    id: `01TEST${String(seq).padStart(20, '0')}`,
    agent,
    request: { params: { command } },
    enforced: seq !== 1,
    decision: {
      action,
      ...(action === 'deny' ? { policy: 'guard', rule: 'guard/1', message: 'Not here' } : {}),
      eval_us: 1,
    },
  }, seq).event

export const EVENTS: Readonly<Record<string, AuditEvent>> = {
  allow: event(1, 'allow', 'ls -la'),
  deny: event(2, 'deny', 'rm -rf /'),
  ask: event(3, 'require_approval', 'git push origin main'),
  hostile: event(
    4,
    'deny',
    'echo \x1b[31mred\x1b[0m 日本語日本語日本語日本語日本語日本語',
    '\u202eevil',
  ),
}

const matched = (count: number) => ({ of: 10_000, count })

export const CHOICES: readonly Choice[] = [
  {
    generalisation: 'exact',
    text: 'git push origin main',
    available: true,
    refused: null,
    matched: matched(12),
  },
  {
    generalisation: 'flags',
    text: 'git push with any operands',
    available: true,
    refused: null,
    matched: matched(40),
    admits: [{ id: 'M-1', command: 'git push --force' }],
  },
  {
    generalisation: 'program',
    text: 'git with anything',
    available: false,
    refused: 'git runs code of others',
    matched: matched(900),
  },
]
