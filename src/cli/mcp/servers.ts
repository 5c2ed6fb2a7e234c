import { ROLES } from '../../service/edge.ts'

/** What config.yaml says of one MCP server. */
export interface McpServer {
  readonly name: string
  readonly command?: readonly string[] | undefined
  readonly url?: string | undefined
  readonly token_file?: string | undefined
  readonly denials?: 'result' | 'error' | undefined
  readonly hide_denied?: boolean | undefined
  /** What arguments stand for, by tool. */
  readonly roles?:
    | Readonly<Record<string, Readonly<Record<string, (typeof ROLES)[number] | 'none'>>>>
    | undefined
}

/** A server in a few words; arguments and addresses may hold what is nobody's business. */
export function shownServer({ name, command, url }: McpServer): string {
  return `${name} (${command?.[0] ?? new URL(url!).origin})`
}

const KEYS = ['name', 'command', 'url', 'token_file', 'denials', 'hide_denied', 'roles']
const MOST = 200

/** The list `mcp: {servers: […]}`; throws with what was expected. */
export function mcpServers(value: unknown): readonly McpServer[] {
  if (!Array.isArray(value) || value.length > MOST) {
    throw new TypeError('expected a list of servers')
  }
  const servers = value.map(serverOf)
  const twice = servers.find(({ name }, at) => servers.findIndex((one) => one.name === name) !== at)
  if (twice !== undefined) throw new TypeError(`the server ${twice.name} comes twice`)
  return servers
}

function serverOf(value: unknown): McpServer {
  if (!isMap(value)) throw new TypeError('expected {name, command or url, …}')
  const unknown = Object.keys(value).find((key) => !KEYS.includes(key))
  if (unknown !== undefined) throw new TypeError(`unknown key "${unknown}" of a server`)
  const { name, command, url, token_file, denials, hide_denied, roles } = value
  if (typeof name !== 'string' || !/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/.test(name) || name.length > 48) {
    throw new TypeError(
      'the name of a server is lower case letters and digits, single - or _ between them',
    )
  }
  const wrong = (what: string) => new TypeError(`the server ${name}: ${what}`)
  if ((command === undefined) === (url === undefined)) throw wrong('expected a command or a url')
  if (command !== undefined && !isWords(command)) throw wrong('command is a list of words')
  if (
    url !== undefined && !(typeof url === 'string' && /^https?:/.test(url) && URL.canParse(url))
  ) {
    throw wrong('url is an http or https URL')
  }
  if (token_file !== undefined && typeof token_file !== 'string') {
    throw wrong('token_file is a path')
  }
  if (denials !== undefined && denials !== 'result' && denials !== 'error') {
    throw wrong('denials is result or error')
  }
  if (hide_denied !== undefined && typeof hide_denied !== 'boolean') {
    throw wrong('hide_denied is true or false')
  }
  if (roles !== undefined && !areRoles(roles)) {
    throw wrong(`roles are {TOOL: {ARGUMENT: ${ROLES.join('|')}|none}}`)
  }
  return value as unknown as McpServer
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isWords = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string')

const WORDS: readonly unknown[] = [...ROLES, 'none']

const areRoles = (value: unknown) =>
  isMap(value) &&
  Object.values(value).every((tool) =>
    isMap(tool) && Object.values(tool).every((role) => WORDS.includes(role))
  )
