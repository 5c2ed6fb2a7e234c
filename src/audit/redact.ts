import type { Json } from '../engine/types.ts'
import { isSecretName } from './secret-tables.ts'
import { type Mark, mayHide, redactText, type Usage, usageOf } from './secrets.ts'

/** Deepest nesting that is kept; deeper than any caller's limit. */
const DEEPEST = 128

export interface RedactOptions {
  /** A short keyed digest, so that two uses of one secret can be told to be one. */
  readonly digest?: ((secret: string) => string) | undefined
}

/**
 * The request as the trail may keep it: secrets in command lines, headers, URLs, environment and
 * parameters become `[redacted-<length>]`, with a digest where there is a key. Nothing is dropped, and
 * nothing that a shell acts on or that may be run is ever hidden (security.md F14). Doing it twice
 * changes nothing. Linear in the size of the request.
 */
export function redact(json: Json, { digest }: RedactOptions = {}): Json {
  const usage = usageOf(textsOf(json))
  const mark: Mark = (secret) =>
    digest === undefined
      ? `[redacted-${secret.length}]`
      : `[redacted-${secret.length}-${digest(secret)}]`
  return walk(json, { usage, mark }, false, 0)
}

interface Context {
  readonly usage: Usage
  readonly mark: Mark
}

function walk(json: Json, context: Context, secret: boolean, depth: number): Json {
  if (depth > DEEPEST) return `[nested deeper than ${DEEPEST}]`
  if (typeof json === 'string') return walkText(json, context, secret)
  if (typeof json === 'number') return walkNumber(json, context, secret)
  if (typeof json !== 'object' || json === null) return json
  if (isArray(json)) return json.map((item) => walk(item, context, secret, depth + 1))
  return walkObject(json as { readonly [key: string]: Json }, context, secret, depth)
}

function walkObject(
  json: { readonly [key: string]: Json },
  context: Context,
  secret: boolean,
  depth: number,
): Json {
  const members = new Map<string, Json>()
  for (const [key, value] of Object.entries(json)) {
    // A name that is expanded anywhere may be run there.
    const hidden = secret || (isSecretName(key) && !context.usage.expanded.has(key))
    let name = redactText(key, context.usage, context.mark)
    while (name !== key && (members.has(name) || Object.hasOwn(json, name))) name += '~'
    members.set(name, walk(value, context, hidden, depth + 1))
  }
  return Object.fromEntries(members)
}

const SCHEME = /^([A-Za-z]{1,20} +)([^ ]*)$/

function walkText(text: string, { usage, mark }: Context, secret: boolean): string {
  if (!secret) return redactText(text, usage, mark)
  const [, scheme = '', rest = text] = SCHEME.exec(text) ?? []
  if (mayHide(rest, 'data', usage)) return scheme + mark(rest)
  return redactText(text, usage, mark)
}

/** What is not finite came as a number too large for JSON: it is kept as text. */
function walkNumber(value: number, { usage, mark }: Context, secret: boolean): Json {
  if (!Number.isFinite(value)) return String(value)
  const text = String(value)
  return secret && mayHide(text, 'data', usage) ? mark(text) : value
}

function textsOf(json: Json): string[] {
  const texts: string[] = []
  const rest: { readonly json: Json; readonly depth: number }[] = [{ json, depth: 0 }]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { json: value, depth } = next
    if (typeof value === 'string') texts.push(value)
    if (typeof value !== 'object' || value === null || depth > DEEPEST) continue
    for (const item of Object.values(value)) rest.push({ json: item, depth: depth + 1 })
  }
  return texts
}

function isArray(json: Json): json is readonly Json[] {
  return Array.isArray(json)
}
