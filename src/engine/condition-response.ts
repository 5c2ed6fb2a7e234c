import type { RegexCompiler } from './condition.ts'
import type { CompiledCondition } from './condition-command.ts'
import type { Regex } from './match/regex.ts'
import type { ResponseTest } from './policy-set.ts'

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
