import type { RegexCompiler } from './condition.ts'
import type { CompiledCondition } from './condition-command.ts'
import type { Regex } from './match/regex.ts'
import type { ResponseTest } from './policy-set.ts'
import { RESPONSE_KINDS, type ResponseKindName } from './response-kinds.ts'

/** The output meets one of the expressions, or (`wanted` false) none of them. */
export function responseIs(
  sources: readonly string[],
  regex: RegexCompiler,
  wanted: boolean,
): CompiledCondition {
  // Compiled for the first output: most processes that read the policies never see one.
  let made: readonly Regex[] | undefined
  const all = () => made ??= sources.map(regex)
  const test = (text: string) => {
    const hit = all().find((one) => one.test(text))
    if ((hit !== undefined) !== wanted) return null
    return hit === undefined ? 'output is not excluded' : `output matches ${hit.source}`
  }
  const response: ResponseTest = wanted
    ? Object.assign(test, {
      spans: (text: string) => all().flatMap((one) => one.matches(text)),
    })
    : test
  return { response }
}

/** The output holds something of one of these kinds. They are looked for in outputs of any length. */
export function responseHolds(kinds: readonly ResponseKindName[]): CompiledCondition {
  const test = (text: string) => {
    const kind = kinds.find((one) => RESPONSE_KINDS[one].find(text).length > 0)
    return kind === undefined ? null : `output holds ${RESPONSE_KINDS[kind].what}`
  }
  return {
    response: Object.assign(test, {
      spans: (text: string) => kinds.flatMap((one) => RESPONSE_KINDS[one].find(text)),
      limit: Infinity,
    }),
  }
}
