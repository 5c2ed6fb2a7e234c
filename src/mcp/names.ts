import { RampartError } from '../errors.ts'
import { foldToolName, mcpName } from '../intercept/tools.ts'

/** Lower case letters, digits, single `-` and `_` between them: no `__`, which ends a server's name in a tool's. */
const SERVER = /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/
const SERVER_LIMIT = 48

/** @throws RampartError `usage` for what cannot be a server's name */
export function checkServerName(name: string): string {
  if (SERVER.test(name) && name.length <= SERVER_LIMIT) return name
  throw new RampartError(
    'usage',
    `"${name}" cannot be the name of a server: lower case letters and digits, single - or _ between them, ` +
      `at most ${SERVER_LIMIT} characters`,
  )
}

/**
 * The full name of a server's tool, by which policies know it; undefined for a name that no policy could
 * name, or that the full name of another server's tool could be read from.
 */
export function fullName(server: string, tool: string): string | undefined {
  try {
    const name = foldToolName(`mcp__${server}__${tool}`)
    const read = mcpName(name)
    return read?.server === server && read.tool === tool.toLowerCase() ? name : undefined
  } catch {
    return undefined
  }
}

/** Programs that run what their operands name. */
const RUNNERS = new Set(
  'npx pnpx bunx pnpm yarn npm bun deno node nodejs tsx uvx uv pipx python python3 py docker podman env sh bash exec x run dlx tool'
    .split(' '),
)
/** Words of a path that say nothing of what lies there. */
const VAGUE = new Set(
  'index main server mcp stdio cli start app run src dist build bin lib out release debug target node_modules'
    .split(' '),
)

/**
 * A name for a server out of its command line, for people to read; whoever may choose the command line chooses
 * it, so it is bound to the command line by pins. Nothing that the server says has a part in it.
 */
export function nameFromCommand(words: readonly string[]): string {
  return nameOf(words[namedAt(words)] ?? '')
}

/** The words up to the one that gives the name: what comes behind it is the server's own. */
export function namingWords(words: readonly string[]): readonly string[] {
  return words.slice(0, namedAt(words) + 1)
}

function namedAt(words: readonly string[]): number {
  const isOperand = (word: string) => !word.startsWith('-') && !/^\w+=/.test(word)
  const at = words.findIndex((word) => isOperand(word) && !RUNNERS.has(baseOf(word)))
  return at < 0 ? Math.max(0, words.findIndex(isOperand)) : at
}

export function nameFromUrl(url: URL): string {
  return nameOf(url.hostname.replace(/^(?:www|mcp|api)\./, '').replaceAll('.', '-'))
}

const baseOf = (word: string) =>
  word.slice(word.lastIndexOf('/') + 1).replace(/\.exe$/i, '').toLowerCase()

function nameOf(word: string): string {
  // The reference servers lead their names with what they are; other packages keep scope and all.
  const reference = /(?:^|\/)@modelcontextprotocol\/server-([\w-]+)/.exec(word)?.[1]
  const plain = reference ?? word.replace(/(.)@[^/@]*$/, '$1')
  const parts = /^@[^/]+\/[^/]+$/.test(plain) ? [plain] : plain.split('/')
  const last = parts.map(clean).findLast((part) => part !== '' && !VAGUE.has(part))
  const name = (last ?? clean(parts.at(-1) ?? '')).slice(0, SERVER_LIMIT).replace(/[-_]+$/, '')
  return SERVER.test(name) ? name : 'server'
}

function clean(part: string): string {
  return part.toLowerCase().replace(/\.(?:[cm]?[jt]s|py|rb|sh|jar|exe)$/, '')
    .replace(/[^a-z0-9_]+/g, '-').replace(/[-_]*(?:__|-)[-_]*/g, '-').replace(/^[-_]+|[-_]+$/g, '')
}
