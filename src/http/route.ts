import type { z } from 'zod'
import type { ProblemCode } from '../errors.ts'
import type { Log, Scope } from '../ports.ts'
import type { Api, Caller } from '../service/api.ts'
import type { BodyLimits } from './body.ts'
import type { Transport } from './transport.ts'

/** What every handler may use. */
export interface Site {
  readonly api: Api
  readonly mostWaitMs: number
  readonly log: Log | undefined
  /** The OpenAPI document as it is sent. */
  document(): string
  /** The same for people, as a page. */
  docs(): string
}

/** One request, decoded and authorised. */
export interface Asked<Body, Query> {
  readonly site: Site
  readonly request: Request
  /** Its address as the browser has it. */
  readonly target: URL
  readonly env: Transport | undefined
  /** Absent on open routes. */
  readonly caller: Caller
  readonly params: Readonly<Record<string, string>>
  readonly body: Body
  readonly query: Query
  /** Fires when the caller is gone before it has an answer. */
  readonly signal: AbortSignal
}

export interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What an answer of one status is, for people and generators. */
export interface Described {
  readonly description: string
  readonly schema: z.ZodType
  readonly headers?: Readonly<Record<string, string>>
  /** Where it is no JSON: what it may be instead, as text. */
  readonly types?: readonly string[] | undefined
  /** Asked for as `application/x-ndjson`: what each line is. */
  readonly lines?: z.ZodType | undefined
}

/** A header field that an operation reads: what it says, and how where that is no free text. */
export type ReadHeader = string | {
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>>
}

/** One operation as data: hono serves it, 405 and scopes are read off it, OpenAPI describes it. */
export interface Route<Body = unknown, Query = unknown> {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: `/${string}`
  readonly operationId: string
  readonly summary: string
  readonly tag: string
  /** Any one of them; 'open' needs no credential, 'node' has requests signed, which the handler checks. */
  readonly scopes: readonly Scope[] | 'open' | 'node'
  readonly body?: z.ZodType<Body> | undefined
  /** Reads the body by itself, whatever it is: what the description says of it. */
  readonly bytes?: string | undefined
  readonly limits?: BodyLimits | undefined
  readonly query?: z.ZodObject & z.ZodType<Query> | undefined
  /** Header fields the operation reads. */
  readonly reads?: Readonly<Record<string, ReadHeader>> | undefined
  readonly replies: Readonly<Record<number, Described>>
  readonly problems: readonly ProblemCode[]
  readonly handle: (asked: Asked<Body, Query>) => Promise<Reply> | Reply
}

/** Keep the types of schema and handler together, then forget them: the table holds every route. */
export function route<Body = undefined, Query = undefined>(row: Route<Body, Query>): Route {
  return row as unknown as Route
}
