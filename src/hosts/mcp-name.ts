import { unreadable } from './read.ts'

/**
 * The full name of a server's tool, as policies write it, whatever its host makes of the two names. What is
 * no letter, digit or mark of a name becomes a line, as hosts do it.
 *
 * @throws RampartError `request_invalid` where the server's name could be taken for another one (F38)
 */
export function mcpToolName(server: string, tool: string): string {
  const plain = server.replace(/[^A-Za-z0-9_.:/-]/g, '_')
  if (plain === '' || plain.includes('__') || plain.startsWith('_')) {
    throw unreadable('The name of the server cannot be told from that of its tool')
  }
  return `mcp__${plain}__${tool.replace(/[^A-Za-z0-9_.:/-]/g, '_')}`
}
