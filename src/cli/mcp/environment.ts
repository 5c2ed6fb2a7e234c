type Variables = Readonly<Record<string, string | undefined>>

/** Secrets of ours, and where an agent may have pointed us. A server gets none of them (security.md F38). */
const OURS = new Set(['RAMPART_TOKEN', 'RAMPART_MCP_TOKEN', 'RAMPART_URL'])

/** The environment of a server: the host's, without what is ours alone. */
export function serverVariables(own: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(own).filter((entry): entry is [string, string] =>
      entry[1] !== undefined && !OURS.has(entry[0])
    ),
  )
}
