import type { CompiledCondition } from './condition-command.ts'
import { compileCommandGlob } from './match/command-glob.ts'
import type { Json } from './types.ts'

/** Bounds as a file gives them, both ends included. */
interface Bounds {
  readonly gte?: number
  readonly lte?: number
  readonly eq?: number
}

export interface CountWindow {
  readonly tool?: string | undefined
  readonly gte: number
  readonly window: string
}

/**
 * `tool_param_matches`: every entry's dotted path must lead to a value that one of its globs matches,
 * letter case aside. Through a list the path goes by index, or into any element.
 */
export function paramMatcher(
  entries: Readonly<Record<string, readonly string[]>>,
): CompiledCondition {
  const compiled = Object.entries(entries).map(([path, sources]) => ({
    path,
    keys: path.split('.'),
    globs: sources.map((source) => compileCommandGlob(source.toLowerCase())),
  }))
  return {
    context: ({ call, stance }) => {
      for (const { keys, globs } of compiled) {
        const texts = textsAt(call.params, keys)
        const meets = (text: string) => globs.some((glob) => glob.test(text.toLowerCase()))
        const held = stance === 'permissive'
          ? texts.length > 0 && texts.every(meets)
          : texts.some(meets)
        if (!held) return null
      }
      return `parameters match ${compiled.map(({ path }) => path).join(', ')}`
    },
  }
}

/** Longest list whose elements are looked at one by one. */
const ELEMENTS = 10_000

function textsAt(value: Json | undefined, keys: readonly string[]): string[] {
  if (value === undefined) return []
  const [key, ...rest] = keys
  if (Array.isArray(value)) {
    const index = key !== undefined && /^\d+$/.test(key) ? Number(key) : undefined
    if (index !== undefined) return textsAt(value[index], rest)
    return value.slice(0, ELEMENTS).flatMap((element: Json) => textsAt(element, keys))
  }
  if (key === undefined) {
    return [typeof value === 'string' ? value : JSON.stringify(value)]
  }
  if (value === null || typeof value !== 'object') return []
  return Object.hasOwn(value, key)
    ? textsAt((value as Readonly<Record<string, Json>>)[key], rest)
    : []
}

/** The session meets one of the globs, or (`wanted` false) none; an unbound one permits nothing (F15). */
export function sessionIs(sources: readonly string[], wanted: boolean): CompiledCondition {
  const globs = sources.map((source) => compileCommandGlob(source))
  return {
    context: ({ call: { identity }, stance }) => {
      if (stance === 'permissive' && !identity.bound.has('session')) return null
      const hit = globs.find((glob) => glob.test(identity.session))
      if ((hit !== undefined) !== wanted) return null
      return hit === undefined
        ? `session "${identity.session}" is not excluded`
        : `session matches "${hit.source}"`
    },
  }
}

export function agentDepth({ gte, lte, eq }: Bounds): CompiledCondition {
  return {
    context: ({ call: { identity }, stance }) => {
      if (stance === 'permissive' && !identity.bound.has('depth')) return null
      const depth = identity.depth ?? 0
      const held = depth >= (gte ?? 0) && depth <= (lte ?? Infinity) && depth === (eq ?? depth)
      return held ? `agent depth is ${depth}` : null
    },
  }
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000 } as const

export function callCount({ tool, gte, window }: CountWindow): CompiledCondition {
  const windowMs = Number(window.slice(0, -1)) * UNITS[window.at(-1) as keyof typeof UNITS]
  return {
    context: ({ call, facts, stance }) => {
      const seen = facts.callCount(tool ?? call.tool, windowMs)
      if (seen === undefined) {
        return stance === 'restrictive' ? 'the number of calls cannot be known' : null
      }
      return seen >= gte ? `${seen} calls of ${tool ?? call.tool} in ${window}` : null
    },
  }
}
