/**
 * The text of Codex's `config.toml` without what it keeps of the trust in the hooks of one file: tables named
 * `[hooks.state."FILE:EVENT:N:N"]`. Everything else stays as it is, to the byte.
 */
export function withoutTrust(text: string, file: string): string {
  const lines = text.split(/(?<=\n)/)
  const kept: string[] = []
  let isOurs = false
  for (const line of lines) {
    const header = /^\s*\[(.*)\]\s*(?:#.*)?$/.exec(line.trimEnd())?.[1]
    if (header !== undefined) isOurs = isTableOf(header, file)
    // A comment behind them is somebody's.
    if (!isOurs || line.trimStart().startsWith('#')) kept.push(line)
  }
  if (kept.length === lines.length) return text
  return withoutEmptyState(kept).join('')
}

/** A key with a dot or quote in it is one that `file` was written into, as TOML writes basic strings. */
function isTableOf(header: string, file: string): boolean {
  const start = `hooks.state.${JSON.stringify(`${file}:`).slice(0, -1)}`
  return header.startsWith(start) && /^[a-z_]+:\d+:\d+"$/.test(header.slice(start.length))
}

/** `[hooks.state]` with nothing in it, and the blank line that stood in front of it, go with the last table. */
function withoutEmptyState(lines: readonly string[]): readonly string[] {
  const at = lines.findIndex((line) => line.trim() === '[hooks.state]')
  if (at < 0 || lines.some((line) => line.trim().startsWith('[hooks.state.'))) return lines
  const next = lines.findIndex((line, index) => index > at && line.trim() !== '')
  if (next >= 0 && !/^[[#]/.test(lines[next]!.trim())) return lines
  const start = at > 0 && lines[at - 1]!.trim() === '' ? at - 1 : at
  // The blank lines behind it belong to what follows.
  return [
    ...lines.slice(0, start),
    ...lines.slice(next < 0 ? lines.length : start === at ? next : next - 1),
  ]
}
