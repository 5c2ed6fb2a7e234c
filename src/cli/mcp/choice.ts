import { resolve } from 'node:path'
import { readSmall } from '../../adapters/safe-read.ts'
import { RampartError } from '../../errors.ts'
import { checkServerName, nameFromCommand, nameFromUrl, namingWords } from '../../mcp/names.ts'
import type { Options } from '../../mcp/ports.ts'
import { type Invocation, textFlag } from '../command.ts'
import type { Config } from '../config.ts'
import type { McpServer } from './servers.ts'

/** The server that is meant, and how we stand before it. */
export interface Choice {
  readonly options: Options
  readonly words: readonly string[]
  readonly url: URL | undefined
  readonly token: string | undefined
  /** What goes by the name: a command up to what it names, or an address. */
  readonly origin: string
  /** config.yaml binds the name to this very command: nobody needs to be asked. */
  readonly isBound: boolean
}

/**
 * A server out of the command line and config.yaml. Its name is the person's, or made of its command; nothing
 * that the server says of itself has a part in it.
 *
 * @throws RampartError `usage` where they contradict each other
 */
export async function chooseServer(
  { operands, ...left }: Invocation,
  config: Config,
): Promise<Choice> {
  const invocation = { operands, ...left }
  const flag = textFlag(invocation, 'url')
  const name = textFlag(invocation, 'name')
  if (flag !== undefined && operands.length > 0) {
    throw new RampartError('usage', 'A server is a command or --url, not both')
  }
  const known = config.values['mcp.servers']
  const named = known.find((one) => one.name === name)
  const nothing = flag === undefined && operands.length === 0
  if (nothing && named === undefined) {
    throw new RampartError(
      'usage',
      'Name a server: -- COMMAND, --url URL, or --name of one in config.yaml',
    )
  }
  const words = nothing ? named?.command ?? [] : operands
  const address = nothing ? named?.url : flag
  const isThis = (one: McpServer) => sameWords(one.command ?? [], words) && one.url === address
  if (named !== undefined && !isThis(named)) {
    throw new RampartError(
      'usage',
      `config.yaml has another command or address for the server ${named.name}`,
    )
  }
  const entry = named ?? (name === undefined ? known.find(isThis) : undefined)
  const url = address === undefined ? undefined : urlOf(address)
  return {
    options: optionsOf(
      invocation,
      entry,
      checkServerName(name ?? entry?.name ?? nameFrom(words, url)),
    ),
    words,
    url,
    token: url === undefined ? undefined : await tokenFor(url, invocation, entry),
    origin: url?.href ?? JSON.stringify(namingWords(words)),
    isBound: entry !== undefined,
  }
}

const nameFrom = (words: readonly string[], url: URL | undefined) =>
  url === undefined ? nameFromCommand(words) : nameFromUrl(url)

const sameWords = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((word, at) => word === b[at])

function optionsOf(invocation: Invocation, entry: McpServer | undefined, server: string): Options {
  const denials = textFlag(invocation, 'denials') === 'error' ? 'error' : entry?.denials ?? 'result'
  return {
    server,
    denials,
    hideDenied: invocation.flags.has('hide-denied') || entry?.hide_denied === true,
    roles: entry?.roles ?? {},
  }
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isGood = url !== undefined && /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}` === ''
  if (isGood) return url
  throw new RampartError('usage', `"${text}" is not an http or https URL without a password`)
}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/** @throws RampartError `usage` where it would go over the network in the clear */
async function tokenFor(
  url: URL,
  { environment: { variables, home } }: Invocation,
  entry: McpServer | undefined,
): Promise<string | undefined> {
  const file = entry?.token_file
  const token = file === undefined
    ? variables['RAMPART_MCP_TOKEN']
    : await tokenIn(resolve(home, file))
  if (token === undefined || url.protocol === 'https:' || LOOPBACK.test(url.hostname)) return token
  throw new RampartError(
    'usage',
    `The token of ${url.origin} needs https: it would be read on the way`,
  )
}

async function tokenIn(path: string): Promise<string> {
  const read = await readSmall(path, { limit: 16_384, followLinks: true })
  const token = read.text?.trim() ?? ''
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new RampartError(
    'config_invalid',
    `token_file ${path}: ${read.text === undefined ? read.detail : 'it holds no token'}`,
  )
}
