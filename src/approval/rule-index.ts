import type { OwnRule } from '../engine/own-rule.ts'
import { kindOf } from '../engine/own-rule-kind.ts'
import type { PolicySet } from '../engine/policy-set.ts'
import type { Call, Subject } from '../engine/types.ts'
import { above, keyOf, originOf } from './rule-keys.ts'
import type { RuleGround } from './rule-match.ts'

/** The person's own rules of a set, found by what a call is about, however many there are. */
export interface OwnIndex {
  /** Allows under one of these keys. */
  allows(keys: readonly string[]): readonly OwnRule[]
  readonly hasBlocks: boolean
  /** Blocks that may hold for a subject. */
  blocks(ground: RuleGround, subject: Subject): readonly OwnRule[]
}

const indexes = new WeakMap<PolicySet, OwnIndex>()

/** The index of a set's own rules, made once. */
export function ownIndexOf(set: PolicySet): OwnIndex {
  let index = indexes.get(set)
  if (index === undefined) indexes.set(set, index = indexOwn(set.own))
  return index
}

function indexOwn(rules: readonly OwnRule[]): OwnIndex {
  const allows = grouped(rules.filter(({ action }) => action === 'allow'), keyOf)
  const blocks = grouped(rules.filter(({ action }) => action === 'block'), blockKey)
  const found = (map: ReadonlyMap<string, readonly OwnRule[]>, keys: readonly string[]) =>
    map.size === 0 ? [] : keys.flatMap((key) => map.get(key) ?? [])
  return {
    allows: (keys) => found(allows, keys),
    hasBlocks: blocks.size > 0,
    blocks: (ground, subject) => found(blocks, blockKeys(ground, subject)),
  }
}

function grouped(
  rules: readonly OwnRule[],
  keyFor: (rule: OwnRule) => string,
): ReadonlyMap<string, readonly OwnRule[]> {
  const groups = new Map<string, OwnRule[]>()
  for (const rule of rules) {
    const key = keyFor(rule)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [rule])
    else group.push(rule)
  }
  return groups
}

const baseOf = (word: string): string => word.slice(word.lastIndexOf('/') + 1).toLowerCase()
const key = (...parts: readonly string[]): string => JSON.stringify(parts)

function blockKey({ tool = '', program, argv, path, directory, url, host }: OwnRule): string {
  if (tool === 'exec') return key('exec', baseOf(program ?? argv?.[0] ?? ''))
  if (kindOf(tool) === 'path') return key(tool, path ?? directory ?? '')
  return url === undefined && host === undefined ? key(tool) : key('fetch', url ?? host ?? '')
}

/** Each set once: a line may name one path a hundred times. */
function blockKeys({ namesOf }: RuleGround, subject: Subject): string[] {
  const { command, tools, paths, urls } = subject
  if (command !== undefined) {
    return [key('exec', (command.program ?? baseOf(command.argv[0] ?? '')).toLowerCase())]
  }
  const keys = new Set(tools.map((tool) => key(tool)))
  for (const tool of tools.filter((one) => kindOf(one) === 'path')) {
    for (const { path } of paths) {
      for (const name of [path, ...(namesOf(path) ?? [])]) {
        keys.add(key(tool, name))
        for (const directory of above(`${name}/`)) keys.add(key(tool, directory))
      }
    }
  }
  for (const { url } of urls) keys.add(key('fetch', url)).add(key('fetch', originOf(url)))
  return [...keys]
}

/** Every path whose names the person's rules may have to know. */
export function pathsFor({ subjects }: Call): string[] {
  return [...new Set(subjects.flatMap(({ paths }) => paths.map(({ path }) => path)))]
}
