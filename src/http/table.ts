import type { Route } from './route.ts'
import * as approvals from './routes/approvals.ts'
import * as auditExport from './routes/audit-export.ts'
import * as auditProof from './routes/audit-proof.ts'
import * as calls from './routes/calls.ts'
import * as dashboard from './routes/dashboard.ts'
import * as fleet from './routes/fleet.ts'
import * as hook from './routes/hook.ts'
import * as rules from './routes/rules.ts'
import * as server from './routes/server.ts'
import * as stream from './routes/stream.ts'

/** Every operation there is: serving, 405, scopes and the OpenAPI document are read off it. */
export const ROUTES: readonly Route[] = [
  server.health,
  server.live,
  server.ready,
  calls.tool,
  calls.preflight,
  hook.answerHook,
  approvals.listApprovals,
  approvals.approvalStats,
  approvals.getApproval,
  approvals.createApproval,
  approvals.resolveApproval,
  approvals.withdrawApproval,
  approvals.bulkResolve,
  rules.choices,
  server.events,
  server.stats,
  server.sessions,
  auditExport.exportTrail,
  auditProof.verify,
  auditProof.checkpoint,
  auditProof.proof,
  stream.streamEvents,
  server.policies,
  server.findings,
  server.reload,
  rules.listRules,
  rules.createRule,
  rules.previewRule,
  rules.removeRule,
  rules.resetRules,
  calls.explain,
  dashboard.createLogin,
  dashboard.getLogin,
  dashboard.createStepUp,
  dashboard.enterStepUp,
  dashboard.listSessions,
  dashboard.endSessions,
  fleet.enrollNode,
  fleet.shipEvents,
  fleet.beatNode,
  fleet.listNodes,
  server.status,
  server.metrics,
  server.openapi,
]

/**
 * Methods by path, for `Allow`: whoever serves GET serves HEAD. In the order in which paths are to be tried:
 * one that is spelled out stands before one with a place that it fits into.
 */
export function methodsByPath(): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>()
  for (const { path, method } of ROUTES) {
    const known = methods.get(path) ?? []
    known.push(...(method === 'GET' ? ['GET', 'HEAD'] : [method]))
    methods.set(path, known)
  }
  const places = (path: string) => path.split('{').length
  return new Map([...methods].sort(([a], [b]) => places(a) - places(b)))
}
