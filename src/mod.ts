/**
 * Rampart as a library: the pure engine, the HTTP application, and every port on memory. The server and
 * the command line are made of the same parts.
 */
export { RampartError } from './errors.ts'
export type { ProblemCode } from './errors.ts'

export { evaluate } from './engine/evaluate.ts'
export { evaluateResponse } from './engine/output.ts'
export { loadPolicies } from './engine/load.ts'
export type { LoadOptions, PolicyText } from './engine/load.ts'
export { formatFault } from './engine/fault.ts'
export type { PolicySet } from './engine/policy-set.ts'
export type { Action, Call, Decision, Facts, Fault, Identity, Json } from './engine/types.ts'

export { normaliseCall } from './intercept/normalise.ts'

export { createApi } from './service/create-api.ts'
export { decide } from './service/decide.ts'
export type { Api, Caller } from './service/api.ts'
export type { Answer, DecideRequest, Outcome, Services, Settings } from './service/services.ts'

export { createApp } from './http/app.ts'

export type * from './ports.ts'
export type { Following, TrailFeed, TrailNews } from './audit/feed.ts'
export * from './adapters/memory.ts'
export { PACKS, POLICIES } from './embedded/policies.ts'
