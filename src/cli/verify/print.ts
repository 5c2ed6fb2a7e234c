import { type Output, safe, type Shown } from '../output.ts'
import type { Check, Verified } from './check.ts'

const WORDS = { proved: 'ok', failed: 'bad', open: 'open' } as const
const COLOURS = { proved: 'green', failed: 'red', open: 'yellow' } as const

const WHAT: Readonly<Record<Check['id'], string>> = {
  config: 'hook in its settings',
  deny: 'denies what is denied',
  benign: 'lets others pass',
  trust: 'trusted by the host',
  called: 'called by the host',
  'http-deny': 'denies what is denied',
  'http-benign': 'lets others pass',
}

/** One line a check, the hosts one under the other. */
export function printVerified(
  hosts: readonly Verified[],
  http: readonly Check[],
  out: Output,
): void {
  for (const { host, checks } of hosts) {
    out.line(safe`${out.paint('bold', host.title)}`)
    for (const check of checks) out.line(lineOf(check, out))
  }
  if (http.length === 0) return
  out.line(safe`${out.paint('bold', 'Server')}`)
  for (const check of http) out.line(lineOf(check, out))
}

function lineOf({ id, status, detail, fix }: Check, out: Output): Shown {
  const word = out.paint(COLOURS[status], WORDS[status].padEnd(4))
  const what = WHAT[id].padEnd(22)
  return fix === undefined || status === 'proved'
    ? safe`  ${word}  ${what}  ${detail}`
    : safe`  ${word}  ${what}  ${detail}; fix: ${fix}`
}

/** The same for programs. */
export function verifiedJson(hosts: readonly Verified[], http: readonly Check[]): unknown {
  return {
    schema: 'rampart.verify.v1',
    ok: isFine(hosts, http),
    hosts: hosts.map(({ host, checks }) => ({ host: host.name, checks })),
    server: http,
  }
}

/** Nothing failed. What is open was not shown, and is said so. */
export function isFine(hosts: readonly Verified[], http: readonly Check[]): boolean {
  const checks = [...hosts.flatMap((one) => one.checks), ...http]
  return checks.every(({ status }) => status !== 'failed')
}
