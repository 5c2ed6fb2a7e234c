import { canonicalJson } from '../audit/canonical.ts'
import type { PolicyEntry } from '../engine/schema.ts'
import type { ParsedFile } from '../engine/sources.ts'

/** One file of a bundle, read. */
export interface ReadFile {
  readonly path: string
  readonly file: ParsedFile
}

/** What differs, in words of its own: `what` is a rule (`policy/rule`), a policy, or a key of a file. */
export interface Change {
  readonly change: 'added' | 'removed' | 'changed' | 'reordered'
  readonly what: string
  /** What stood there, and what stands there now, in the words of the file. */
  readonly was?: unknown
  readonly is?: unknown
}

/** Everything in which the policies of two bundles differ, by file and name. */
export function diffBundles(
  before: readonly ReadFile[],
  after: readonly ReadFile[],
): readonly Change[] {
  const [old, now] = [policiesOf(before), policiesOf(after)]
  const changes = keysOf(old, now).flatMap((name) => {
    const [was, is] = [old.get(name), now.get(name)]
    if (was === undefined || is === undefined) return wholePolicy(name, was, is)
    return [...ofPolicy(name, was, is), ...ofRules(name, was.rules, is.rules)]
  })
  return [...ofFiles(before, after), ...changes]
}

function policiesOf(files: readonly ReadFile[]): ReadonlyMap<string, PolicyEntry> {
  return new Map(
    files.flatMap(({ file }) => file.policies ?? []).map((policy) => [policy.name, policy]),
  )
}

function keysOf(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort()
}

/** Keys of a file that are no policies: its default, what it extends, whom it notifies. */
function ofFiles(before: readonly ReadFile[], after: readonly ReadFile[]): Change[] {
  const settings = (files: readonly ReadFile[]) =>
    new Map<string, unknown>(
      files.flatMap(({ path, file: { policies: _policies, tests: _tests, ...rest } }) =>
        Object.entries(rest).filter(([, value]) => value !== undefined)
          .map(([key, value]) => [`${path} ${key}`, value] as const)
      ),
    )
  const [old, now] = [settings(before), settings(after)]
  return keysOf(old, now).flatMap((what) => changeOf(what, old.get(what), now.get(what)))
}

function changeOf(what: string, was: unknown, is: unknown): Change[] {
  if (textOf(was) === textOf(is)) return []
  const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
  return [{
    change,
    what,
    ...(was === undefined ? {} : { was }),
    ...(is === undefined ? {} : { is }),
  }]
}

/** A policy that is in one of the two alone: each of its rules is named. */
function wholePolicy(
  name: string,
  was: PolicyEntry | undefined,
  is: PolicyEntry | undefined,
): Change[] {
  return [
    { change: was === undefined ? 'added' : 'removed', what: name },
    ...ofRules(name, was?.rules ?? [], is?.rules ?? []),
  ]
}

function ofPolicy(name: string, was: PolicyEntry, is: PolicyEntry): Change[] {
  const { rules: _was, ...old } = was
  const { rules: _is, ...now } = is
  return changeOf(name, old, now)
}

/** A rule that only moved is no new one, but its place tells which is first. */
function ofRules(
  name: string,
  was: PolicyEntry['rules'],
  is: PolicyEntry['rules'],
): Change[] {
  const [old, now] = [was.map(textOf), is.map(textOf)]
  const gone = missing(old, now)
  const come = missing(now, old)
  const changes: Change[] = []
  for (const at of [...new Set([...gone, ...come])].sort((a, b) => a - b)) {
    const what = `${name}/${at + 1}`
    changes.push(
      ...changeOf(what, gone.has(at) ? was[at] : undefined, come.has(at) ? is[at] : undefined),
    )
  }
  const kept = (texts: string[], out: ReadonlySet<number>) =>
    texts.filter((_text, at) => !out.has(at)).join('\n')
  if (kept(old, gone) !== kept(now, come)) changes.push({ change: 'reordered', what: name })
  return changes
}

/** Where the texts of one list are that the other has not, as often as it has not. */
function missing(texts: readonly string[], others: readonly string[]): ReadonlySet<number> {
  const left = new Map<string, number>()
  for (const text of others) left.set(text, (left.get(text) ?? 0) + 1)
  const found = new Set<number>()
  for (const [at, text] of texts.entries()) {
    const count = left.get(text) ?? 0
    if (count === 0) found.add(at)
    else left.set(text, count - 1)
  }
  return found
}

function textOf(value: unknown): string {
  return value === undefined ? '' : canonicalJson(JSON.parse(JSON.stringify(value)))
}
