import { type HostName, isOurs } from './command-line.ts'
import type { Entry } from './hosts.ts'
import { JsoncError, type Node, type Part, readJsonc } from './jsonc.ts'
import { append, fileOf, remove, replace } from './splice.ts'

/** A text with the entries in it; the same text where they stand in it already. */
export function withEntries(text: string, entries: readonly Entry[], host: HostName): string {
  let done = text
  for (const entry of entries) done = withEntry(done, entry, host)
  return done
}

function withEntry(text: string, entry: Entry, host: HostName): string {
  const root = readJsonc(text)
  const isHook = 'hook' in entry
  const value = isHook ? [entry.hook] : entry.fallback
  if (root === undefined) {
    // Comments of a file without a value would be lost.
    if (text.replace('\uFEFF', '').trim() !== '') {
      throw new JsoncError(text.length, 'a value was expected')
    }
    return fileOf(nested(entry.at, value), text)
  }
  let node = expect(root, 'object')
  for (const [index, key] of entry.at.entries()) {
    const part = lastOf(node, key)
    if (part === undefined) return append(text, node, nested(entry.at.slice(index + 1), value), key)
    if (index < entry.at.length - 1) node = expect(part.node, 'object')
    else return isHook ? withHook(text, expect(part.node, 'array'), entry, host) : text
  }
  return text
}

function withHook(
  text: string,
  list: Node,
  entry: Extract<Entry, { hook: unknown }>,
  host: HostName,
): string {
  const { hook } = entry
  const ours = list.parts.filter(({ node }) => hooksIn(node, host).length > 0)
  const [first] = ours
  if (first === undefined) return append(text, list, hook)
  if (ours.length === 1 && isAllOurs(first.node, host)) {
    return isEqual(first.node.value, hook) ? text : replace(text, first.node, hook)
  }
  // More than one, or somebody else's in the same group: ours go, and come back once.
  const event = entry.at.at(-1)
  return withEntry(takeOut(text, (root) => ownHooks(root, host, event)), entry, host)
}

/**
 * A text without any entry of ours, under whichever event it stands; lists and maps that are empty then go too, but
 * for those that were empty in it, or in what it said before us.
 */
export function withoutEntries(text: string, host: HostName, before = ''): string {
  const done = takeOut(text, (node) => ownHooks(node, host))
  return done === text ? text : withoutEmpty(done, [text, before])
}

/** Whether anything of ours stands in a text. */
export function hasOurs(text: string, host: HostName): boolean {
  const root = readJsonc(text)
  return root !== undefined && ownHooks(root, host) !== undefined
}

/** The commands of ours that a text holds, by event. */
export function commandsIn(
  text: string,
  host: HostName,
): { readonly event: string; readonly command: string }[] {
  const root = readJsonc(text)
  if (root === undefined) return []
  return eventsOf(root).flatMap(({ key, node }) =>
    node.parts.flatMap((item) => hooksIn(item.node, host))
      .map((command) => ({ event: key!, command }))
  )
}

interface Found {
  readonly from: Node
  readonly part: Part
}

function takeOut(text: string, find: (root: Node) => Found | undefined): string {
  let done = text
  for (;;) {
    const root = readJsonc(done)
    const found = root === undefined ? undefined : find(root)
    if (found === undefined) return done
    done = remove(done, found.from, found.part)
  }
}

/** The first thing of ours that can go as a whole: an item of an event's list, or of a group in it. */
function ownHooks(root: Node, host: HostName, event?: string): Found | undefined {
  for (const { key, node: list } of eventsOf(root)) {
    if (event !== undefined && key !== event) continue
    for (const part of list.parts) {
      if (hooksIn(part.node, host).length === 0) continue
      if (isAllOurs(part.node, host)) return { from: list, part }
      for (const { node: inner } of groupOf(part.node)) {
        const one = inner.parts.find(({ node }) => commandOf(node, host) !== undefined)
        if (one !== undefined) return { from: inner, part: one }
      }
    }
  }
  return undefined
}

/** Every `hooks.EVENT` that is a list; a key that stands there twice is looked at twice. */
function eventsOf(root: Node): Part[] {
  return root.parts.filter(({ key }) => key === 'hooks').flatMap(({ node }) =>
    node.kind === 'object' ? node.parts.filter((event) => event.node.kind === 'array') : []
  )
}

const groupOf = (item: Node) =>
  item.parts.filter(({ key, node }) => key === 'hooks' && node.kind === 'array')

function hooksIn(item: Node, host: HostName): string[] {
  const inner = groupOf(item).flatMap(({ node }) => node.parts.map((part) => part.node))
  return [item, ...inner].flatMap((node) => commandOf(node, host) ?? [])
}

function isAllOurs(item: Node, host: HostName): boolean {
  const inner = groupOf(item).flatMap(({ node }) => node.parts)
  return inner.every(({ node }) => commandOf(node, host) !== undefined)
}

function commandOf(node: Node, host: HostName): string | undefined {
  if (node.kind !== 'object') return undefined
  const { command, bash } = node.value as { command?: unknown; bash?: unknown }
  return [command, bash].find((text): text is string =>
    typeof text === 'string' && isOurs(text, host)
  )
}

/** What our entries stood in, where nothing else stands in it: an event's list, then `hooks`. */
function withoutEmpty(text: string, earlier: readonly string[]): string {
  const had = earlier.flatMap((one) => readJsonc(one) ?? [])
  const isEmpty = ({ node }: Part) => node.parts.length === 0
  const wasEmpty = (key: string) =>
    had.some((root) => eventsOf(root).some((part) => part.key === key && isEmpty(part)))
  const hadNone = had.some((root) =>
    root.parts.some((part) => part.key === 'hooks' && part.node.kind === 'object' && isEmpty(part))
  )
  return takeOut(text, (root) => {
    for (const hooks of root.parts.filter(({ key }) => key === 'hooks')) {
      if (hooks.node.kind !== 'object') continue
      const part = hooks.node.parts.find(({ key, node }) =>
        node.kind === 'array' && node.parts.length === 0 && isBlank(text, node) && !wasEmpty(key!)
      )
      if (part !== undefined) return { from: hooks.node, part }
      if (isEmpty(hooks) && isBlank(text, hooks.node) && !hadNone) {
        return { from: root, part: hooks }
      }
    }
    return undefined
  })
}

/** A list that a comment stands in is not empty. */
const isBlank = (text: string, { start, end }: Node) => !/\/[/*]/.test(text.slice(start, end))

function lastOf(node: Node, key: string): Part | undefined {
  return node.parts.filter((part) => part.key === key).at(-1)
}

function expect(node: Node, kind: 'object' | 'array'): Node {
  if (node.kind === kind) return node
  const what = kind === 'object' ? 'an object "{…}"' : 'a list "[…]"'
  throw new JsoncError(node.start, `${what} was expected`)
}

function nested(at: readonly string[], value: unknown): unknown {
  return at.toReversed().reduce((inner, key) => ({ [key]: inner }), value)
}

/** Equal as JSON, whatever the order of members. */
function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).sort().map(([key, one]) => [key, sorted(one)]))
}

/** The commands of all hooks at events that ours stand at, whoever's they are. */
export function commandsBeside(text: string): string[] {
  try {
    const root = readJsonc(text)
    return root === undefined
      ? []
      : eventsOf(root).flatMap(({ key, node }) =>
        /^(?:pre|before)tool/i.test(key!)
          ? node.parts.flatMap(({ node }) => anyCommands(node.value))
          : []
      )
  } catch {
    return []
  }
}

function anyCommands(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) =>
    key === 'command' && typeof one === 'string' ? [one] : anyCommands(one)
  )
}
