/** A request that a reader can send, and the status it is answered with. */
export interface Example {
  readonly summary: string
  readonly status: number
  /** In the path. */
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number>>
  readonly headers?: Readonly<Record<string, string | number>>
  /** Sent as JSON; a text as it is. */
  readonly body?: unknown
}

/** What the description says of an operation beyond its shape. */
export interface Reference {
  readonly description: string
  readonly examples: Readonly<Record<string, Example>>
  /** Operations that take what an answer holds: by status, the operation and a runtime expression for its `id`. */
  readonly links?: Readonly<Record<number, readonly Link[]>>
}

export interface Link {
  readonly operationId: string
  readonly parameter: string
  /** As OpenAPI writes it: `$response.body#/…`. */
  readonly value: string
}

/** Stands in examples where a reader puts the id of a thing of their own. */
export const SOME_ID = '01K9ZC3Y6W8T4M2R5V7N1QXBDE'

/** Where an answer names a question, and the operations that go on from it. */
export const ofApproval = (value: string): readonly Link[] =>
  ['getApproval', 'resolveApproval', 'approvalChoices', 'withdrawApproval']
    .map((operationId) => ({ operationId, parameter: 'id', value }))
