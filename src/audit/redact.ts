import type { Json } from '../engine/types.ts'
import { hide, secretsIn } from './secret-hide.ts'
import type { KnownSecrets } from './secret-known.ts'
import { isSecretName } from './secret-names.ts'
import { isSecretOption, listedSecret, mayBeGlued } from './secret-options.ts'
import { type Finding, isLiteral, MARK } from '../engine/secret/text.ts'
import { isUsage, type Usage, usageOf } from './secret-usage.ts'
import { isPlainValue } from './secret-value.ts'

/** Deepest nesting that is kept; deeper than any caller's limit. */
const DEEPEST = 128
/** Secrets of one event that get a digest: a flood of them would cost more than all the rest. */
const DIGESTS = 64

export interface RedactOptions {
  /** A short keyed digest, so that two uses of one secret can be told to be one. */
  readonly digest?: ((secret: string) => string) | undefined
  /** Secrets whose very text is known. */
  readonly known?: KnownSecrets | undefined
  /** Told of the rule of each secret that is hidden. */
  readonly hid?: ((rule: string) => void) | undefined
}

/**
 * The request as the trail may keep it: secrets in command lines, headers, URLs, environment and
 * parameters become `[redacted-<length>]`, with a digest where there is a key. Nothing is dropped, and
 * nothing that a shell acts on or that may be run is ever hidden (security.md F14). What holds no secret
 * is answered as it is. Doing it twice changes nothing. Linear in the size of the request.
 */
export function redact(json: Json, options: RedactOptions = {}): Json {
  const survey = new Survey(options.known)
  survey.value(json, 0, false)
  if (!survey.isTouched) return json
  const usage = usageOf(textsOf(json), survey.names)
  return new Redaction(usage, survey.found, options).value(json, undefined, 0)
}

type Member = { readonly [key: string]: Json }

/** What is to be looked at again: nothing in most requests. */
class Survey {
  isTouched = false
  readonly found = new Map<string, readonly Finding[]>()
  readonly names = new Set<string>()
  readonly #known: KnownSecrets | undefined

  constructor(known: KnownSecrets | undefined) {
    this.#known = known
  }

  value(json: Json, depth: number, isListed: boolean): void {
    if (typeof json === 'string') this.#text(json)
    else if (typeof json === 'number') this.isTouched ||= !Number.isFinite(json)
    else if (typeof json === 'object' && json !== null) {
      if (depth > DEEPEST) this.isTouched = true
      else if (isArray(json)) this.#list(json, depth, isListed)
      else this.#members(json as Member, depth)
    }
  }

  #list(list: readonly Json[], depth: number, isListed: boolean): void {
    for (let i = 0; i < list.length; i++) {
      this.isTouched ||= roleOf(list, i, isListed) !== undefined
      this.value(list[i]!, depth + 1, true)
    }
  }

  #members(members: Member, depth: number): void {
    for (const key in members) {
      this.#text(key)
      if (isSecretName(key)) {
        this.isTouched = true
        this.names.add(key)
      }
      this.value(members[key]!, depth + 1, false)
    }
    this.isTouched ||= pairedName(members) !== undefined
  }

  #text(text: string): void {
    const found = secretsIn(text, this.#known)
    if (found === undefined) return
    this.isTouched = true
    this.found.set(text, found)
    for (const { name } of found) if (name !== undefined) this.names.add(name)
  }
}

/** Why all of a value is secret: the rule, and the name that says so. */
interface Cause {
  readonly rule: string
  readonly name: string
}

/** The second walk, over a request that holds what may be a secret. */
class Redaction {
  readonly #usage: Usage
  readonly #found: ReadonlyMap<string, readonly Finding[]>
  readonly #options: RedactOptions
  readonly #marks = new Map<string, string>()

  constructor(
    usage: Usage,
    found: ReadonlyMap<string, readonly Finding[]>,
    options: RedactOptions,
  ) {
    this.#usage = usage
    this.#found = found
    this.#options = options
  }

  value(json: Json, cause: Cause | undefined, depth: number, isListed = false): Json {
    if (typeof json === 'string') return this.#string(json, cause)
    if (typeof json === 'number') return this.#number(json, cause)
    if (typeof json !== 'object' || json === null) return json
    if (depth > DEEPEST) return `[nested deeper than ${DEEPEST}]`
    if (isArray(json)) return this.#list(json, cause, depth, isListed)
    return this.#members(json as Member, cause, depth)
  }

  #list(list: readonly Json[], cause: Cause | undefined, depth: number, isListed: boolean): Json {
    return list.map((item, i) => {
      const role = cause === undefined ? roleOf(list, i, isListed) : undefined
      if (role !== undefined && 'start' in role) return this.#tail(String(item), role)
      return this.value(item, role ?? cause, depth + 1, true)
    })
  }

  #members(members: Member, cause: Cause | undefined, depth: number): Json {
    const kept = new Map<string, Json>()
    const paired = pairedName(members)
    for (const [key, value] of Object.entries(members)) {
      // A name that is expanded anywhere may be run there.
      const isSecret = isSecretName(key) && !this.#usage.expanded.has(key)
      let own = cause ?? (isSecret ? { rule: 'key', name: key } : undefined)
      if (paired !== undefined && key.toLowerCase() === 'value') {
        own ??= { rule: 'pair', name: paired }
      }
      let name = this.#text(key)
      while (name !== key && (kept.has(name) || Object.hasOwn(members, name))) name += '~'
      kept.set(name, this.value(value, own, depth + 1))
    }
    return Object.fromEntries(kept)
  }

  #string(text: string, cause: Cause | undefined): string {
    if (cause === undefined) return this.#text(text)
    const [, scheme = '', rest = text] = SCHEME.exec(text) ?? []
    const isShaped =
      this.#found.get(text)?.some(({ place, start, end }) =>
        place === 'bare' && start <= scheme.length && end === text.length
      ) ?? false
    if (!isLiteral(rest) || rest === '' || isPlainValue(rest, cause.name)) return this.#text(text)
    if (isUsage(rest, this.#usage) || (this.#usage.code && !isShaped)) return this.#text(text)
    return scheme + this.#mark(rest, cause.rule)
  }

  /** What is not finite came as a number too large for JSON: it is kept as text. */
  #number(value: number, cause: Cause | undefined): Json {
    if (!Number.isFinite(value)) return String(value)
    return cause === undefined || this.#usage.code ? value : this.#mark(String(value), cause.rule)
  }

  #tail(text: string, { rule, start }: Tail): string {
    const secret = text.slice(start)
    if (this.#usage.code || isUsage(secret, this.#usage)) return this.#text(text)
    if (!isLiteral(secret) || isPlainValue(secret, '')) return this.#text(text)
    return text.slice(0, start) + this.#mark(secret, rule)
  }

  #text(text: string): string {
    const found = this.#found.get(text)
    if (found === undefined) return text
    return hide(text, found, (finding, index) => {
      const secret = text.slice(finding.start, finding.end)
      if (!this.#mayHide(finding, isToken(finding, found, index), secret)) return undefined
      return this.#mark(secret, finding.rule)
    })
  }

  #mayHide({ place, name }: Finding, isShaped: boolean, secret: string): boolean {
    const { code, decodes, expanded } = this.#usage
    if (place === 'known') return true
    if (isUsage(secret, this.#usage)) return false
    // What looks like a token runs nothing by itself.
    if (place === 'bare') return !decodes
    if (code) return place === 'data' && isShaped
    return place !== 'variable' || name === undefined || !expanded.has(name)
  }

  #mark(secret: string, rule: string): string {
    this.#options.hid?.(rule)
    const known = this.#marks.get(secret)
    if (known !== undefined) return known
    const { digest } = this.#options
    if (digest === undefined || this.#marks.size >= DIGESTS) return `${MARK}${secret.length}]`
    const mark = `${MARK}${secret.length}-${digest(secret)}]`
    this.#marks.set(secret, mark)
    return mark
  }
}

const SCHEME = /^([A-Za-z]{1,20} +)([^ ]*)$/

/** Whether a value is also a token by its looks: what is found at the same place stands next to it. */
function isToken({ start, end }: Finding, found: readonly Finding[], index: number): boolean {
  for (let i = index + 1; i < found.length && found[i]!.start === start; i++) {
    if (found[i]!.end === end && found[i]!.place === 'bare') return true
  }
  return false
}

interface Tail {
  readonly rule: string
  /** Where the secret begins. */
  readonly start: number
}

/** Whether an item of a list is a secret because of those in front of it. */
function roleOf(list: readonly Json[], index: number, isListed: boolean): Cause | Tail | undefined {
  const before = list[index - 1]
  if (typeof before !== 'string') return undefined
  const item = list[index]
  if (isListed && list.length === 2 && isSecretName(before)) return { rule: 'pair', name: before }
  if (typeof item !== 'string') return undefined
  if (!item.startsWith('-')) {
    if (!before.startsWith('-')) return undefined
    if (isSecretOption(before)) return { rule: 'argv', name: before }
  } else if (!mayBeGlued(item)) return undefined
  const start = listedSecret(namesBefore(list, index), item)
  return start === undefined ? undefined : { rule: 'argv', start }
}

/** Texts of a list that are looked through for its program, and the one in front. */
function namesBefore(list: readonly Json[], index: number): string[] {
  const texts: string[] = []
  for (let i = 0; i < index && i < 8; i++) {
    if (typeof list[i] === 'string') texts.push(String(list[i]))
  }
  return [...texts, String(list[index - 1])]
}

/** The secret name of `{"name": …, "value": …}`, as lists of variables and headers have it. */
function pairedName(members: Member): string | undefined {
  if (!('value' in members) && !('Value' in members)) return undefined
  for (const key of ['name', 'key', 'Name', 'Key']) {
    const name = members[key]
    if (typeof name === 'string' && isSecretName(name)) return name
  }
  return undefined
}

/** All texts of the request, names and values alike. */
function textsOf(json: Json): string[] {
  const texts: string[] = []
  const gather = (value: Json, depth: number): void => {
    if (typeof value === 'string') texts.push(value)
    if (typeof value !== 'object' || value === null || depth > DEEPEST) return
    if (isArray(value)) { for (const item of value) gather(item, depth + 1) }
    else {
      for (const [key, item] of Object.entries(value)) {
        texts.push(key)
        gather(item, depth + 1)
      }
    }
  }
  gather(json, 0)
  return texts
}

function isArray(json: Json): json is readonly Json[] {
  return Array.isArray(json)
}
