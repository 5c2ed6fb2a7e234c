import type { z } from 'zod'
import type { PointerFault } from '../errors.ts'
import { pointerTo } from '../engine/pointer.ts'
import { invalid } from './pointer.ts'

/** The value as the schema types it, or every fault with its pointer. */
export function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalid(`The ${what} is wrong`, parsed.error.issues.flatMap(faultsOf))
}

function faultsOf(issue: z.core.$ZodIssue): PointerFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, 50).map((key) => ({
      pointer: pointerTo([...issue.path, key]),
      detail: 'The name is not known here',
    }))
  }
  return [{ pointer: pointerTo(issue.path), detail: issue.message }]
}

/** The query as an object; a name that comes twice is refused like a key that does. */
export function queryOf(url: URL): Readonly<Record<string, string>> {
  const query = new Map<string, string>()
  for (const [key, value] of url.searchParams) {
    if (query.has(key)) {
      throw invalid('The query is wrong', [{
        pointer: pointerTo([key]),
        detail: 'The name comes twice',
      }])
    }
    query.set(key, value)
  }
  return Object.fromEntries(query)
}

/** The parts of the path that the route names, decoded once and strictly. */
export function paramsOf(pattern: string, path: string): Readonly<Record<string, string>> {
  if (!pattern.includes('{')) return {}
  const values = path.split('/')
  return Object.fromEntries(
    pattern.split('/').flatMap((part, index) =>
      part.startsWith('{') ? [[part.slice(1, -1), decoded(values[index] ?? '')]] : []
    ),
  )
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalid('The path is not percent-encoded UTF-8')
  }
}
