/** A tool as an agent declares it to its model. */
export interface Declared {
  readonly name: string
  /** `custom` tools of one protocol take a text and no object. */
  readonly kind?: string | undefined
  /** Some nest their tools. */
  readonly namespace?: string | undefined
}

/** What an agent asks its model. */
export interface Asked {
  readonly tools: readonly Declared[]
  /** What came of the calls so far, as the model reads it. */
  readonly results: readonly string[]
  readonly streams: boolean
}

export interface Call {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  /** For a tool that takes a text. */
  readonly text?: string
}

export type Said =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'call'; readonly call: Call; readonly tool: Declared }

export interface Reply {
  readonly type: 'application/json' | 'text/event-stream'
  readonly body: string
}

/** A protocol between agents and models: which requests are of it, what they say, how an answer looks. */
export interface Wire {
  readonly fits: (path: string) => boolean
  readonly read: (body: Body, path: string) => Asked
  readonly reply: (said: Said, asked: Asked) => Reply
}

export type Body = Readonly<Record<string, unknown>>

export const isBody = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const bodiesIn = (value: unknown): Body[] => Array.isArray(value) ? value.filter(isBody) : []

export const textIn = (value: unknown): string => typeof value === 'string' ? value : ''

/** The words of a content, in whichever of the many shapes it stands. */
export function wordsOf(content: unknown): string {
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  if (Array.isArray(content)) return content.map(wordsOf).join('\n')
  if (!isBody(content)) return String(content)
  for (const key of ['text', 'content', 'output', 'error']) {
    if (content[key] !== undefined) return wordsOf(content[key])
  }
  return JSON.stringify(content)
}

export const asJson = (value: unknown): Reply => ({
  type: 'application/json',
  body: JSON.stringify(value),
})

/** A stream of events, each with its type where the protocol names them. */
export function asStream(events: readonly Body[], named: boolean, end = ''): Reply {
  const lines = events.map((event) =>
    `${named ? `event: ${textIn(event['type'])}\n` : ''}data: ${JSON.stringify(event)}\n\n`
  )
  return { type: 'text/event-stream', body: lines.join('') + end }
}
